"""The nouns: one frozen record per room border. Nothing here knows a stage or the store.

Every record has a `key`, a hash of what makes it itself, so the same thing found twice is one record; and an
`origin`, where it came from. Fields are plain values and tuples, so that any record crosses a pipe or a database.
Not covered: how records are stored (store/store.py) and what a stage does with them (running/stage.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from triton_data.records.curation import Decision as Decision
from triton_data.records.curation import Label as Label
from triton_data.records.curation import Trace as Trace
from triton_data.records.origin import Origin as Origin
from triton_data.records.origin import digest as digest
from triton_data.records.synthesis import Attempt as Attempt
from triton_data.records.synthesis import Sample as Sample


@dataclass(frozen=True, slots=True)
class SearchSlice:
    """One search question small enough to ask: a range of stars, days or file sizes within a query."""

    table: ClassVar[str] = "slices"
    kind: str  # repositories, code
    query: str
    field: str  # stars, created, size: what `low` and `high` count
    low: int
    high: int  # -1: no upper end
    fixed: str  # what earlier splits settled, such as stars:100..100
    origin: Origin

    @property
    def key(self) -> str:
        return digest("slice", self.kind, self.query, self.fixed, self.field, str(self.low), str(self.high))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pinned repository or package that discovery found, and where its bytes are."""

    table: ClassVar[str] = "candidates"
    host: str  # who knows it by its id: an API, an index, or the place of a git repository
    address: str  # clone URL, or URL of the package file
    checksum: str  # sha256 of the file at `address`; '' for git
    pushed: str  # when it last changed, as its host says; stands for the revision until a fetch finds it
    origin: Origin

    @property
    def key(self) -> str:
        name = self.origin.repo if self.origin.repo_id is None else str(self.origin.repo_id)
        return digest("candidate", self.origin.source, self.host, name, self.origin.revision or f"pushed {self.pushed}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that a source brought in; its bytes are the blob `blob` beside the database."""

    table: ClassVar[str] = "files"
    blob: str
    size: int
    origin: Origin
    flags: tuple[str, ...] = ()  # vendored, generated, test, secrets

    @property
    def key(self) -> str:
        return digest("file", self.origin.source, self.origin.repo, self.origin.revision, self.origin.path, self.blob)


@dataclass(frozen=True, slots=True)
class Kernel:
    """One hand-written `@triton.jit` function with all it needs to stand alone, as its author wrote it."""

    table: ClassVar[str] = "kernels"
    name: str
    text: str
    origin: Origin
    launcher: str = ""  # host function in `text` that calls it
    inputs: str = ""  # get_inputs() for the launcher, which goes behind `text`; '' where none were found
    inputs_from: str = ""  # usage, tests, deduced
    reference: str = ""  # key of the Pair made of it and of what it is compared with
    requires: tuple[str, ...] = ()  # distributions that it imports from, pinned, where they are not this environment's
    environment: str = ""  # key of the folder under RUN/environments that has them
    reference_from: str = ""  # tests, usage, repository, recognised
    called_by: str = ""  # the kernel that calls it, where only kernels do
    missing: str = ""  # why there are no inputs, or no reference

    @property
    def key(self) -> str:
        return digest("kernel", self.text)

    @property
    def called(self) -> str:
        """The text with its inputs: a file that can be verified by itself."""
        return f"{self.text.rstrip()}\n\n\n{self.inputs}" if self.inputs else self.text


FRAGMENT = "fragment"  # what one kernel of a capture computes
COMPARED = "compared"  # what a test compares a hand-written kernel with
WITH_TRITON = (FRAGMENT, COMPARED)  # inputs_from of Programs that have their Triton already and are not captured


@dataclass(frozen=True, slots=True)
class Program:
    """One standalone PyTorch program: `entry`, `get_inputs()` and `get_init_inputs()` in one text."""

    table: ClassVar[str] = "programs"
    entry: str  # name of the class or function
    text: str
    inputs_from: str  # usage, tests, deduced, llm, given, template, fragment, compared
    origin: Origin
    layers: tuple[str, ...] = ()  # jail layers in force when its inputs were tried; empty: never executed
    flags: tuple[str, ...] = ()  # nondeterministic, one_seed, ...
    requires: tuple[str, ...] = ()  # distributions that it imports from, pinned, where they are not this environment's
    environment: str = ""  # key of the folder under RUN/environments that has them

    @property
    def key(self) -> str:
        return digest("program", self.entry, self.text)


@dataclass(frozen=True, slots=True)
class InductorKernel:
    """One Triton kernel inside a Graph's output code: the `@triton.jit` text without its wrapper."""

    name: str
    text: str
    sources: str = ""  # Inductor's own comment: source nodes and ATen ops

    @property
    def key(self) -> str:
        return digest("inductor", self.text)


@dataclass(frozen=True, slots=True)
class Graph:
    """What Inductor emitted for one FX graph. A module with graph breaks has several."""

    direction: str  # inference, forward, backward
    code: str  # output_code.py, whole
    kernels: tuple[InductorKernel, ...]
    externs: tuple[str, ...] = ()  # extern calls in order, such as extern_kernels.mm
    readable: str = ""  # the FX graph, readable form
    returns: str = ""  # what the program returns, over `out` and the inputs; '' where more than this graph made it
    inputs: tuple[str, ...] = ()  # what each argument of call() is, such as L['x'] or L['self']._parameters['w']
    guards: tuple[str, ...] = ()  # what was taken for granted about symbolic sizes, such as s77 >= 4
    constructor: tuple[str, ...] = ()  # and about the arguments that its module was made with, such as stride == 2
    call: tuple[str, ...] = ()  # and about those of the call that are no tensors, such as L['k'] == 3


PRODUCTS = "products"  # the entry of a toolchain that says how products came to be Triton


@dataclass(frozen=True, slots=True)
class Capture:
    """What TorchInductor emitted for a Program on one target in one mode."""

    table: ClassVar[str] = "captures"
    program: str  # key of the Program
    entry: str
    target: str  # sm_90, gfx942, ...
    mode: str  # inference, training, dynamic
    graphs: tuple[Graph, ...]
    toolchain: tuple[tuple[str, str], ...]  # (name, version): torch, triton, triton_data, how
    origin: Origin
    layers: tuple[str, ...] = ()  # jail layers in force

    @property
    def key(self) -> str:
        return digest("capture", self.program, self.target, self.mode, *self.products)

    @property
    def products(self) -> tuple[str, ...]:
        """How products came to be Triton; empty where libraries were kept."""
        return tuple(how for name, how in self.toolchain if name == PRODUCTS)

    @property
    def kernels(self) -> tuple[InductorKernel, ...]:
        return tuple(kernel for graph in self.graphs for kernel in graph.kernels)

    @property
    def externs(self) -> tuple[str, ...]:
        """Each library operation once."""
        return tuple(dict.fromkeys(extern for graph in self.graphs for extern in graph.externs))


@dataclass(frozen=True, slots=True)
class Pair:
    """A Program and a standalone, readable Triton program with the same interface."""

    table: ClassVar[str] = "pairs"
    program: str  # key of the Program
    capture: str  # key of the Capture it was rewritten from, '' when written by hand
    entry: str  # <Entry>New
    text: str
    origin: Origin

    @property
    def key(self) -> str:
        return digest("pair", self.program, self.text)


NO_REFERENCE = "no_reference"  # reason of a Verdict: a kernel alone, clean in every check that needs no reference


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verification of one Pair or Kernel on one device: every check with its numbers."""

    table: ClassVar[str] = "verdicts"
    subject: str  # key of the Pair or Kernel
    device: str
    protocol: str
    passed: bool  # never of a Kernel
    reason: str  # '' when passed
    checks: tuple[tuple[str, str], ...]  # (check, what it measured)
    origin: Origin
    layers: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return digest("verdict", self.subject, self.device, self.protocol)


@dataclass(frozen=True, slots=True)
class Drop:
    """'Not this one': why an item, or one part of an item, did not become a record.

    `reason` is counted, so it comes from a small set (a stage's enum, or `needs:<package>`); `detail` is free text.
    `part` names what inside the item was dropped, such as a class in a file; '' is the whole item.
    """

    reason: str
    detail: str = ""
    part: str = ""


Record: TypeAlias = (
    SearchSlice | Candidate | SourceFile | Kernel | Program | Capture | Pair | Verdict | Label | Trace | Decision
    | Sample | Attempt
)  # fmt: skip
RECORDS: tuple[type[Record], ...] = (
    SearchSlice, Candidate, SourceFile, Kernel, Program, Capture, Pair, Verdict, Label, Trace, Decision,
    Sample, Attempt,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one item of one stage, as a worker reports it."""

    item: str
    outputs: tuple[Record, ...] = ()
    drops: tuple[Drop, ...] = ()
    seconds: float = 0.0
    worker: int = 0
