"""The nouns of curation: what is said of a text, and whether it goes into the dataset.

One frozen record each, like those of records.py. Not covered: making them (curate/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from triton_data.records.origin import Origin, digest


@dataclass(frozen=True, slots=True)
class Label:
    """What can be said of one text by reading it: its normal forms and what kind of computation it is."""

    table: ClassVar[str] = "labels"
    subject: str  # key of the Program, Kernel, Pair or InductorKernel
    kind: str  # program, kernel, pair, inductor
    tree: str  # hash of its structure without names, comments and annotations; '' where Python cannot read it
    skeleton: str  # the same without numbers and strings
    closure: str  # hash of what its entry computes, names aside; '' where it has no entry
    parts: str  # hash of the operators, constants and calls of the same, in any order
    steps: tuple[str, ...]  # operators in order, such as conv2d, relu, add
    families: tuple[str, ...]
    difficulty: int  # 0 to 4
    kernels: int  # @triton.jit functions
    tokens: int
    counted_by: str
    dtypes: tuple[str, ...]  # that it names
    generic: bool  # works for more than one shape
    training: bool
    flags: tuple[str, ...]  # unparsable, secrets, email, ...
    origin: Origin

    @property
    def key(self) -> str:
        return digest("label", self.subject)


@dataclass(frozen=True, slots=True)
class Trace:
    """The graph that a Program's tensors went through, as a hash that spelling does not change."""

    table: ClassVar[str] = "traces"
    program: str  # key of the Program
    graph: str
    operators: tuple[str, ...]  # ATen, in order
    origin: Origin
    layers: tuple[str, ...] = ()
    expression: str = ""  # hash of what it computes, in one spelling; '' where that is too little
    written: str = ""  # the same as text, '' where it is too long
    observed: str = ""  # what comes out of it on numbers, '' where it was not run

    @property
    def key(self) -> str:
        return digest("trace", self.program)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one text goes into the dataset, where, and why. Nothing is deleted for a decision."""

    table: ClassVar[str] = "decisions"
    subject: str  # key of what it is about
    kind: str  # program, kernel, pair, inductor
    round: str  # of the whole set: the newest round counts
    cluster: str  # key of the subject that stands for all that are the same
    family: str  # key of one that is like it: they are on one side of the split, and each is kept
    unit: str  # where it comes from: what comes from one place is in one split
    split: str  # train, validation, test
    keep: bool
    reasons: tuple[str, ...]  # why not, or what to know: duplicate, contaminated, licence, ...
    nearest: tuple[tuple[str, str], ...]  # (benchmark/problem, how it was found)
    origin: Origin

    @property
    def key(self) -> str:
        return digest("decision", self.round, self.subject)
