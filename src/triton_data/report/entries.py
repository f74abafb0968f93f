"""What the pages show: one entry a pair, and one a hand-written kernel that belongs to no pair.

In: a run. Out: entries in an order that the content alone decides; each with what lists and facets need, and with all
that is known of it. Nothing is left out for what curation decided: that is shown. Not covered: files (folder.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from triton_data.records import (
    FRAGMENT,
    NO_REFERENCE,
    Capture,
    Decision,
    Kernel,
    Label,
    Origin,
    Pair,
    Program,
    Record,
    Verdict,
)
from triton_data.store import Store

R = TypeVar("R", bound=Record)
REWRITTEN, ALONE, COMPARED, KERNEL = KINDS = ("rewritten", "kernel of a program", "compared", "hand-written")
PASSED, FAILED, OPEN, NOT_JUDGED = VERDICTS = ("passed", "failed", "no reference", "not judged")


@dataclass(frozen=True)
class Entry:
    key: str
    kind: str
    name: str
    triton: str
    origin: Origin
    program: Program | None = None
    capture: Capture | None = None
    kernel: Kernel | None = None
    verdicts: tuple[Verdict, ...] = ()
    label: Label | None = None
    computes: Label | None = None  # of the PyTorch side, which says better what a pair computes
    decision: Decision | None = None
    also: tuple[Origin, ...] = ()  # further places where the same text was found

    @property
    def verdict(self) -> str:
        if not self.verdicts:
            return NOT_JUDGED
        judged = self.verdicts[-1]
        return PASSED if judged.passed else OPEN if judged.reason == NO_REFERENCE else FAILED

    @property
    def reason(self) -> str:
        """Why it is not passed, or not kept; '' where nothing speaks against it."""
        judged = self.verdicts[-1].reason if self.verdicts else ""
        return judged or (self.decision.reasons[0] if self.decision and not self.decision.keep else "")

    @property
    def split(self) -> str:
        return "" if self.decision is None else self.decision.split if self.decision.keep else "left out"


def entries(store: Store) -> Iterator[Entry]:
    round_ = store.newest_done("curate")
    beside = {kernel.reference: kernel for kernel in store.records(Kernel, "reference != ''")}
    for pair in store.sorted(Pair):
        program = one(store, Program, "key = ?", pair.program)
        alone = program is not None and program.inputs_from == FRAGMENT
        capture = one(store, Capture, "key = ?", pair.capture) if pair.capture else None
        kind = (ALONE if alone else REWRITTEN) if pair.capture else COMPARED
        made = Entry(pair.key, kind, pair.entry, pair.text, pair.origin, program, capture, beside.get(pair.key))
        yield _known(store, round_, made)
    for kernel in store.sorted(Kernel):
        if not kernel.reference:
            made = Entry(kernel.key, KERNEL, kernel.name, kernel.called, kernel.origin, kernel=kernel)
            yield _known(store, round_, made)


def _known(store: Store, round_: str, entry: Entry) -> Entry:
    table = Kernel.table if entry.kind == KERNEL else Pair.table
    label = one(store, Label, "subject = ?", entry.key)
    computes = one(store, Label, "subject = ?", entry.program.key) if entry.program else None
    return Entry(
        entry.key, entry.kind, entry.name, entry.triton, entry.origin, entry.program, entry.capture, entry.kernel,
        tuple(store.records(Verdict, "subject = ?", (entry.key,))), label, computes or label,
        one(store, Decision, "subject = ? AND round = ?", entry.key, round_),
        tuple(store.also_seen(table, entry.key)),
    )  # fmt: skip


def one(store: Store, kind: type[R], where: str, *values: str) -> R | None:
    return next(store.records(kind, where, values), None)
