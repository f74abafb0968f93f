"""What goes into a dataset: one row a Triton text, with all that is known of it.

In: a run. Out: rows in an order that the content alone decides; in a curated run those that its newest decisions keep.
Not covered: how a format spells a row (the modules beside this one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from triton_data.export.test_code import Tests
from triton_data.formats.machine_paths import relative
from triton_data.records import FRAGMENT, Capture, Decision, Kernel, Label, Origin, Pair, Program, Record, Verdict
from triton_data.store import Store

R = TypeVar("R", bound=Record)
_FRAGMENT_OF = re.compile(r"kernel (\w+) of ")  # as rewrite/alone.py notes it
KERNEL, PAIR, COMPARED, INDUCTOR = "hand-written", "rewritten", "compared", "inductor"
PAIRS = (PAIR, COMPARED)
SPLITS = TRAIN, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True)
class Row:
    key: str
    kind: str  # hand-written, rewritten, compared (a hand-written one beside what a test compares it with), inductor
    name: str  # of the kernel, or of the Triton program's entry
    triton: str
    origin: Origin
    program: Program | None = None
    capture: Capture | None = None
    original: str = ""  # Inductor's output code
    label: Label | None = None
    verdict: Verdict | None = None
    split: str = TRAIN
    cluster: str = ""
    requires: tuple[str, ...] = ()  # of a hand-written kernel: what was installed for it
    kernel: Kernel | None = None  # that it is, or was made of

    @property
    def pinned(self) -> tuple[str, ...]:
        return self.program.requires if self.program else self.requires


@dataclass
class Selection:
    """Which texts the newest round of curation keeps. `left_out` counts the rest by reason."""

    store: Store
    everything: bool = False
    tests: Tests | None = None  # who runs the tests of entries

    def __post_init__(self) -> None:
        self.round = self.store.newest_done("curate")
        self.left_out: dict[str, int] = {}

    def decision(self, key: str) -> Decision | None:
        return next(self.store.records(Decision, "subject = ? AND round = ?", (key, self.round)), None)

    def admits(self, key: str) -> tuple[bool, Decision | None]:
        if not self.round:
            return True, None
        decision = self.decision(key)
        if self.everything or (decision is not None and decision.keep):
            return True, decision
        for reason in decision.reasons if decision else ("not_curated_yet",):
            self.leave_out(reason)
        return False, decision

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def rows(self) -> Iterator[Row]:
        """Hand-written kernels, then rewritten programs, then Inductor's kernels that nothing was made of."""
        for kernel in self.store.sorted(Kernel):
            yield from self._admitted(
                Row(kernel.key, KERNEL, kernel.name, kernel.text, kernel.origin, requires=kernel.requires,
                    kernel=kernel)
            )  # fmt: skip
        for pair in self.store.sorted(Pair):
            capture = self._one(Capture, "key = ?", pair.capture)
            program = self._one(Program, "key = ?", pair.program)
            kind = PAIR if pair.capture else COMPARED
            of = None if pair.capture else self._one(Kernel, "reference = ?", pair.key)
            yield from self._admitted(
                Row(pair.key, kind, pair.entry, pair.text, pair.origin, program, capture, _code(capture, program),
                    kernel=of)
            )  # fmt: skip
        yield from self._generated()

    def _generated(self) -> Iterator[Row]:
        rewritten = self.store.rewritten_captures()
        seen: set[str] = set()
        for capture in self.store.sorted(Capture):
            if capture.key in rewritten:  # its kernels are in the pair, in a form that people can read
                continue
            program = self._one(Program, "key = ?", capture.program)
            for kernel in capture.kernels:
                if kernel.key not in seen:
                    seen.add(kernel.key)
                    text = relative(kernel.text)
                    found = Row(kernel.key, INDUCTOR, kernel.name, text, capture.origin, program, capture)
                    yield from self._admitted(found)

    def programs(self) -> Iterator[tuple[Program, Label | None, str]]:
        """Programs that are kept, with their split."""
        for program in self.store.sorted(Program):
            admitted, decision = self.admits(program.key)
            if admitted:
                yield program, self._label(program.key), decision.split if decision else TRAIN

    def _admitted(self, row: Row) -> Iterator[Row]:
        admitted, decision = self.admits(row.key)
        if admitted:
            split, cluster = (decision.split, decision.cluster) if decision else (TRAIN, "")
            verdict = self._one(Verdict, "subject = ?", row.key)
            yield Row(
                row.key, row.kind, row.name, row.triton, row.origin, row.program, row.capture, row.original,
                self._label_of(row), verdict, split, cluster, row.requires, row.kernel,
            )  # fmt: skip

    def _label_of(self, row: Row) -> Label | None:
        """What a pair computes shows better in its PyTorch program than in the Triton made of it."""
        own = self._label(row.key)
        label = self._label(row.program.key) if row.kind in PAIRS and row.program else None
        return replace(own, families=label.families, difficulty=label.difficulty) if own and label else own

    def _label(self, key: str) -> Label | None:
        return self._one(Label, "subject = ?", key)

    def _one(self, kind: type[R], where: str, key: str) -> R | None:
        return next(self.store.records(kind, where, (key,)), None)


def _code(capture: Capture | None, program: Program | None) -> str:
    """Of a fragment its own kernel, '' where nobody noted which one it is: the whole is a hundred times as long."""
    if capture is None:
        return ""
    if program is None or program.inputs_from != FRAGMENT:
        return relative("\n".join(graph.code for graph in capture.graphs))
    name = _FRAGMENT_OF.match(program.origin.generator)
    kernels = [kernel for graph in capture.graphs for kernel in graph.kernels if name and kernel.name == name[1]]
    return relative("\n".join(dict.fromkeys(f"{kernel.sources}\n{kernel.text}".lstrip("\n") for kernel in kernels)))
