"""What happened to one thing, stage by stage, with the messages and the command that tries it alone.

In: a run and what was found in it (find.py). Out: steps in their order; a stage that has not seen it yet says so.
Nothing is computed anew. Not covered: how a step looks on a terminal (commands/explain.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.records import (
    NO_REFERENCE,
    WITH_TRITON,
    Candidate,
    Capture,
    Decision,
    Kernel,
    Label,
    Pair,
    Program,
    SourceFile,
    Trace,
    Verdict,
)
from triton_data.report import alone
from triton_data.report.find import Reason, Thing
from triton_data.report.row import Meaning
from triton_data.store import Store, lookup
from triton_data.store.reading import Dropped

SHOWN = 12  # digits of an id
REFERENCES = {
    "tests": "a test compares it with PyTorch",
    "usage": "an example compares it with PyTorch",
    "repository": "its repository has the same in PyTorch",
    "recognised": "an expression of PyTorch gives what it gives",
}
EXAMPLES = 20  # of a reason


@dataclass(frozen=True)
class Step:
    stage: str
    result: str  # done, dropped, passed, failed, kept, left out, not yet
    words: str = ""
    reason: str = ""
    id: str = ""
    command: str = ""  # that tries it alone; '' where nothing would be tried


@dataclass(frozen=True)
class Teller:
    store: Store
    meaning: Meaning

    def tell(self, thing: Thing | Reason) -> Iterator[Step]:
        if isinstance(thing, Reason):
            yield from self._reason(thing)
        elif isinstance(thing, Dropped):
            yield self._dropped(thing, alone.of_drop(self.store, thing))
        elif isinstance(thing, SourceFile):
            yield from self._file(thing)
        elif isinstance(thing, Kernel):
            yield from self._kernel(thing)
        elif isinstance(thing, Program):
            yield from self._program(thing)
        elif isinstance(thing, Pair):
            yield from self._pair(thing)
        elif isinstance(thing, Capture):
            yield from self._of_capture(thing)
        elif isinstance(thing, Candidate):
            yield from self._ended(thing.key, alone.of_candidate(thing))

    # ---- one kind each -----------------------------------------------------------------------------------------

    def _reason(self, thing: Reason) -> Iterator[Step]:
        for stage, number in thing.stages:
            meant = self.meaning(stage, thing.reason) or "no more is known of it"
            yield Step(stage, "dropped", f"{number} {'time' if number == 1 else 'times'}: {meant}", thing.reason)
        for each in list(self.store.dropped(thing.reason))[:EXAMPLES]:
            yield self._dropped(each, alone.of_drop(self.store, each))
        for verdict in list(self.store.records(Verdict, "reason = ?", (thing.reason,)))[:EXAMPLES]:
            yield self._verdict(verdict)
        round_ = self.store.newest_done("curate")
        decided = self.store.records(Decision, "round = ? AND reasons LIKE ?", (round_, f'%"{thing.reason}"%'))
        for decision, _ in zip(decided, range(EXAMPLES), strict=False):
            yield self._decision(decision)

    def _file(self, thing: SourceFile) -> Iterator[Step]:
        yield self._scraped(thing)
        where = ("repo = ? AND path = ?", (thing.origin.repo, thing.origin.path))
        for kernel in self.store.records(Kernel, *where):
            yield Step("extract", "done", f"kernel {kernel.name}", id=kernel.key)
        for program in self.store.records(Program, *where):
            if program.inputs_from not in WITH_TRITON:
                yield Step("extract", "done", f"program {program.entry}", id=program.key)
        for each in lookup.dropped_parts(self.store, thing.origin.path):
            yield self._dropped(each, alone.of_drop(self.store, each))

    def _kernel(self, thing: Kernel) -> Iterator[Step]:
        words = f"kernel {thing.name}; launched by {thing.launcher or 'nothing that was found'};"
        yield Step("extract", "done", f"{words} inputs: {thing.inputs_from or 'none found'}", id=thing.key,
                   command=alone.extract(self.store, thing.origin))  # fmt: skip
        if thing.reference:
            why = REFERENCES.get(thing.reference_from, REFERENCES["tests"])
            yield Step("extract", "done", f"{why}: it is judged as that pair", id=thing.reference)
            yield from self._judged(thing.reference)
        elif thing.inputs:
            yield from self._judged(thing.key)
        else:
            why = f": {thing.missing}" if thing.missing else ""
            yield Step("verify", "not asked", f"without inputs it cannot be run{why}")
        yield from self._curated(thing.key, "kernel")

    def _program(self, thing: Program) -> Iterator[Step]:
        yield Step("extract", "done", f"program {thing.entry}; inputs: {thing.inputs_from}"
                   + (f"; {', '.join(thing.flags)}" if thing.flags else ""), id=thing.key,
                   command=alone.extract(self.store, thing.origin))  # fmt: skip
        if thing.inputs_from not in WITH_TRITON:
            yield from self._captured(thing)
        for pair in self.store.records(Pair, "program = ?", (thing.key,)):
            yield Step("rewrite" if pair.capture else "extract", "done", f"pair {pair.entry}", id=pair.key)
            yield from self._judged(pair.key)
            yield from self._curated(pair.key, "pair")
        for trace in self.store.records(Trace, "program = ?", (thing.key,)):
            yield Step("trace", "done", f"{len(trace.operators)} ATen operators", id=trace.key)
        yield from self._ended(thing.key, "", only=("trace",))
        yield from self._curated(thing.key, "program")

    def _captured(self, thing: Program) -> Iterator[Step]:
        captures = list(self.store.records(Capture, "program = ?", (thing.key,)))
        for capture in captures:
            yield from self._of_capture(capture)
        dropped = list(self._ended(thing.key, self._alone(thing), only=("capture",)))
        yield from dropped
        if not captures and not dropped:
            yield Step("capture", "not yet")

    def _alone(self, thing: Program) -> str:
        """For the target and mode that were asked for first."""
        variants = [
            each.item.split(":") for each in lookup.outcomes_of(self.store, thing.key) if each.stage == "capture"
        ]
        target, mode = next((each[1:] for each in variants if len(each) == 3), ("sm_90", "inference"))
        return alone.capture(self.store, thing, target, mode)

    def _of_capture(self, thing: Capture) -> Iterator[Step]:
        number = len(thing.kernels)
        words = f"{thing.entry} for {thing.target}, {thing.mode}: {number} {'kernel' if number == 1 else 'kernels'}"
        externs = f", library calls {', '.join(thing.externs)}" if thing.externs else ""
        yield Step("capture", "done", words + externs, id=thing.key, command=alone.of_capture(self.store, thing))
        ended = list(self._ended(thing.key, alone.of_capture(self.store, thing, "rewrite"), only=("rewrite",)))
        yield from ended
        if not ended and self.store.first(Pair, "capture = ?", thing.key) is None:
            yield Step("rewrite", "not yet")

    def _pair(self, thing: Pair) -> Iterator[Step]:
        program = self.store.first(Program, "key = ?", thing.program)
        if program is not None:
            yield Step("extract", "done", f"program {program.entry}; inputs: {program.inputs_from}", id=program.key,
                       command=alone.extract(self.store, program.origin))  # fmt: skip
        capture = self.store.first(Capture, "key = ?", thing.capture) if thing.capture else None
        if capture is not None:
            yield from self._of_capture(capture)
        yield Step("rewrite" if thing.capture else "extract", "done", f"pair {thing.entry}", id=thing.key,
                   command=alone.show(self.store, thing.key))  # fmt: skip
        yield from self._judged(thing.key)
        yield from self._curated(thing.key, "pair")

    # ---- what a stage said -------------------------------------------------------------------------------------

    def _scraped(self, thing: SourceFile) -> Step:
        flags = f"; {', '.join(thing.flags)}" if thing.flags else ""
        words = (
            f"{thing.origin.repo}/{thing.origin.path}, {thing.size} bytes, licence {thing.origin.licence or 'unknown'}"
        )
        return Step("scrape", "done", words + flags, id=thing.key, command=alone.extract(self.store, thing.origin))

    def _ended(self, key: str, command: str, only: tuple[str, ...] = ()) -> Iterator[Step]:
        """What was dropped of this item and its parts; what was done shows in its records."""
        for each in lookup.outcomes_of(self.store, key):
            if each.status == "dropped" and (not only or each.stage in only):
                variant = each.item.partition(":")[2].replace(":", " ")
                words = ": ".join(filter(None, (variant, each.part, self._says(each.stage, each.reason, each.detail))))
                yield Step(each.stage, "dropped", words, each.reason, command=command)

    def _says(self, stage: str, reason: str, detail: str) -> str:
        meant = self.meaning(stage, reason)
        return f"{meant} ({detail})" if meant and detail and detail != reason else detail or meant

    def _dropped(self, each: Dropped, command: str) -> Step:
        known = self.store.origin_of(each.item.partition(":")[0])
        what = each.part or (known[0] if known else each.item[:SHOWN])
        words = f"{what}: {self._says(each.stage, each.reason, each.detail)}"
        return Step(each.stage, "dropped", words, each.reason, each.item.partition(":")[0] if known else "", command)

    def _judged(self, key: str) -> Iterator[Step]:
        found = list(self.store.records(Verdict, "subject = ?", (key,)))
        yield from map(self._verdict, found)
        dropped = list(self._ended(key, alone.verify(self.store, key), only=("verify",)))
        yield from dropped
        if not found and not dropped:
            yield Step("verify", "not yet")

    def _verdict(self, verdict: Verdict) -> Step:
        command = alone.verify(self.store, verdict.subject)
        if verdict.passed:
            return Step("verify", "passed", f"on {verdict.device}", id=verdict.key, command=command)
        failed = dict(verdict.checks).get("failed", "")
        words = f"on {verdict.device}: {self._says('verify', verdict.reason, failed)}"
        result = "no reference" if verdict.reason == NO_REFERENCE else "failed"
        return Step("verify", result, words, verdict.reason, verdict.key, command)

    def _curated(self, key: str, what: str) -> Iterator[Step]:
        label = self.store.first(Label, "subject = ?", key)
        if label is not None:
            families = ", ".join(label.families) or "no family"
            words = f"{what}: {label.tokens} tokens, difficulty {label.difficulty}, {families}"
            yield Step("label", "done", words + (f"; {', '.join(label.flags)}" if label.flags else ""), id=label.key)
        round_ = self.store.newest_done("curate")
        decision = self.store.first(Decision, "subject = ? AND round = ?", key, round_)
        yield self._decision(decision) if decision else Step("curate", "not yet", what)

    def _decision(self, decision: Decision) -> Step:
        why = "; ".join(f"{each} ({self.meaning('curate', each)})" for each in decision.reasons)
        other = f"; its cluster is {decision.cluster[:SHOWN]}" if decision.cluster != decision.subject else ""
        near = f"; near {', '.join(name for name, _ in decision.nearest[:3])}" if decision.nearest else ""
        words = f"{decision.kind}: " + (f"in {decision.split}" if decision.keep else why)
        more = f": {why}" if decision.keep and why else ""
        reason = decision.reasons[0] if decision.reasons else ""
        return Step(
            "curate", "kept" if decision.keep else "left out", words + more + other + near, reason, decision.subject
        )
