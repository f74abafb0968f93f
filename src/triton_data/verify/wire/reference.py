"""The conversation with the reference's task: which draws it is run on, and what it says came of them.

In: texts and draws. Out: a report on each text that was tried, whose tensors lie one after the other. Packed fields
hold tensors by their place among those of their own text. Asked by judge/trial.py, answered by jailed/reference.py.
Not covered: what the numbers mean (compare/expected.py opens them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triton_data.verify.draws.draws import Draw
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.values import Packed


@dataclass(frozen=True, slots=True)
class Kind:
    """Of one text among several: so many of its kind that run are enough."""

    name: str
    enough: int
    unless: str = ""  # one of this kind runs
    places: tuple[int, ...] = ()  # that it changes; where some of them alone can be changed, all together say no more


@dataclass(frozen=True, slots=True)
class ReferenceQuestion:
    """Without draws, the reference's own task plans them by what it does."""

    texts: tuple[str, ...]  # tried in this order
    enough: int  # so many that run and are within the limit
    entry: str
    seed: int
    training: bool
    gradients: bool  # are outputs too
    draws: tuple[Draw, ...]
    device: str
    limit: int  # bytes of one draw, above which only the first is made
    protocol: int = 1
    kinds: tuple[Kind, ...] = ()  # one a text
    even: bool = False  # a text whose parts of an axis are nearly equal cannot be used
    whole: bool = False  # nor can one that reads less than all of an input, where one place alone is changed
    arguments: int = 0  # so many other sets of constructor's and call's arguments are tried, each a report
    flags: bool = False  # and of those only flags and words


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text cannot be used."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ReferenceDraw:
    kind: str
    seed: int
    inputs: Packed
    outputs: Packed
    steady: bool  # another seed leads to the same outputs
    mutated: Mapping[str, Packed]  # place among the inputs' tensors -> what the program wrote into it
    state: Mapping[str, Packed]  # weights that the program wrote
    exact: Packed | None  # in float64; None where the program does not run in it
    nudged: tuple[Packed, ...]  # on inputs a rounding error away
    bytes: int
    weights: int = 0  # which of the two sets of weights it was called with
    ints: str = "given"


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    tensors: int  # of the answer's, how many are this text's
    refusal: Refusal | None = None
    oversize: int = 0  # bytes, where they are more than the limit; 0 where they are not
    init: Packed = None  # the constructor's arguments; None where they are objects
    state: Mapping[str, Packed] = field(default_factory=dict)
    operations: tuple[str, ...] = ()  # of torch, in one call
    draws: tuple[ReferenceDraw | None, ...] = ()  # None where the program does not run on it
    other_state: Mapping[str, Packed] = field(default_factory=dict)  # a second set of weights
    fewest: int = 0  # draws that every candidate is asked about; 0: as in protocol 1
    notes: Mapping[str, str] = field(default_factory=dict)  # what was found out, for the verdict
    robustness: tuple[ReferenceDraw | None, ...] = ()  # draws of what inputs do not normally hold
    uneven: bool = False  # it cuts an axis into parts that are nearly equal
    unread_end: bool = False  # it reads less than all of an input
    changed: str = ""  # which argument, where it is another one than given

    @property
    def usable(self) -> bool:
        return self.refusal is None and not self.oversize


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    reports: tuple[ReferenceReport, ...]
