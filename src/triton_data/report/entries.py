"""What the pages show: one entry a pair, and one a hand-written kernel that belongs to no pair.

In: a run. Out: entries in an order that the content alone decides; each with what lists and facets need, and with all
that is known of it. Nothing is left out for what curation decided: that is shown. Not covered: files (folder.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    Verdict,
)
from triton_data.store import Store

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


def newest_round(store: Store) -> str:
    """'' where the run was never curated."""
    return store.newest_done("curate")


def entries(store: Store) -> Iterator[Entry]:
    round_ = newest_round(store)
    beside = {kernel.reference: kernel for kernel in store.records(Kernel, "reference != ''")}
    for pair in store.sorted(Pair):
        yield known(store, round_, pair, beside.get(pair.key))
    for kernel in store.sorted(Kernel):
        if not kernel.reference:
            yield known(store, round_, kernel)


def known(store: Store, round_: str, subject: Pair | Kernel, beside: Kernel | None = None) -> Entry:
    """One pair or kernel with all that the run says of it; `beside` is the kernel that a compared pair was made of."""
    if isinstance(subject, Kernel):
        made = Entry(subject.key, KERNEL, subject.name, subject.called, subject.origin, kernel=subject)
    else:
        program = store.first(Program, "key = ?", subject.program)
        alone = program is not None and program.inputs_from == FRAGMENT
        capture = store.first(Capture, "key = ?", subject.capture) if subject.capture else None
        kind = (ALONE if alone else REWRITTEN) if subject.capture else COMPARED
        made = Entry(subject.key, kind, subject.entry, subject.text, subject.origin, program, capture, beside)
    label = store.first(Label, "subject = ?", made.key)
    computes = store.first(Label, "subject = ?", made.program.key) if made.program else None
    return replace(
        made, verdicts=tuple(store.records(Verdict, "subject = ?", (made.key,))), label=label,
        computes=computes or label,
        decision=store.first(Decision, "subject = ? AND round = ?", made.key, round_),
        also=tuple(store.also_seen(subject.table, made.key)),
    )  # fmt: skip
