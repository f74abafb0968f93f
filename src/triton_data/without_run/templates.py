"""Entries from templates, checked: each one's own tests in the jail, then the judge's verdict on its pair.

In: entries. Out: a `Checked` each, in the order they finish, kept as JSON lines in a ledger so that what was asked once
is not asked again. Not covered: the entries themselves (generate/templates/), what a verdict takes (verify/).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from triton_data.generate.templates.entry import Entry
from triton_data.generate.templates.testing import BATCH, open_test_jail, run_tests
from triton_data.jail import Jail
from triton_data.records import Drop, Origin, Outcome, Pair, Program, Verdict, digest
from triton_data.running.engine.local import GRACE
from triton_data.running.engine.pool import load_ahead
from triton_data.store import Store
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.judgement import PROTOCOL
from triton_data.verify.stage import JUDGING
from triton_data.without_run.extract import run_bare

TEMPLATE = "template"  # inputs_from of a Program
SECONDS = 60.0  # a task of the judge
NOT_ASKED = "not_asked"
STAGE = "templates"
EXACT = "triton_data.verify.jailed.interpreter.install:warm"  # the interpreter that tests run in, too
OURS = ("entry", "tests", "failure")  # checks that are said beside the judge's


@dataclass(frozen=True)
class Checked:
    id: str
    digest: str  # of all three texts
    tests: int  # that passed
    failure: str  # of the first that did not
    verdict: str  # passed, or the judge's reason
    detail: str
    device: str
    protocol: int
    checks: tuple[tuple[str, str], ...] = ()  # of the judge, with their numbers
    layers: tuple[str, ...] = ()  # of the jail

    @property
    def reason(self) -> str:
        return "" if self.verdict == "passed" else self.verdict

    @property
    def tested(self) -> bool:
        return self.tests > 0 and not self.failure

    @property
    def passed(self) -> bool:
        return self.tested and self.verdict in ("passed", NOT_ASKED)


def records(entry: Entry, seed: int = 0) -> tuple[Program, Pair]:
    origin = Origin("generated", licence="MIT", generator=f"templates/{entry.family}", path=entry.id, seed=seed)
    program = Program(entry.entry, entry.python_code, TEMPLATE, origin)
    return program, Pair(program.key, "", entry.candidate, entry.triton_code, origin)


def into_run(entries: Sequence[Entry], checks: Mapping[str, Checked], run_dir: Path, seed: int) -> None:
    """Programs and pairs as records of a run; a verdict, where there is one, is that of its stage verify."""
    with Store.open(run_dir) as store:
        for entry in entries:
            program, pair = records(entry, seed)
            store.commit(STAGE, [Outcome(entry.digest, (program, pair))])
            found = checks.get(entry.digest)
            if found is not None and found.verdict != NOT_ASKED:
                verdict = Verdict(
                    pair.key, found.device, str(found.protocol), found.verdict == "passed", found.reason,
                    found.checks, pair.origin, found.layers,
                )  # fmt: skip
                store.commit("verify", [Outcome(f"{pair.key}:{found.device}:{found.protocol}", (verdict,))])


@dataclass(frozen=True)
class Batch:
    entries: tuple[Entry, ...]

    @property
    def key(self) -> str:
        return digest(*(entry.digest for entry in self.entries))


@dataclass
class Checking:
    """Not part of a run: its items are batches of entries, its records a Verdict each."""

    device: str
    judge: bool
    allow_unsafe: bool
    name: str = STAGE
    jail: Jail | None = None
    bench: Bench | None = None

    @contextmanager
    def resources(self) -> Iterator[object]:
        with ExitStack() as stack:
            self.jail = stack.enter_context(open_test_jail(self.device, EXACT, self.allow_unsafe))
            self.bench = stack.enter_context(open_bench(self.device, self.allow_unsafe)) if self.judge else None
            yield self.jail

    def work(self, item: Batch) -> Iterator[Verdict | Drop]:
        assert self.jail is not None, "work() runs while it is held"
        results = {found.id: found for found in run_tests(item.entries, self.jail, self.device)}
        for entry in item.entries:
            found = results[entry.id]
            said = zip(OURS, (entry.id, str(found.tests), found.failure), strict=True)
            verdict = self._judged(entry)
            yield Verdict(
                entry.digest, self.device, str(PROTOCOL), verdict.passed, verdict.reason, (*said, *verdict.checks),
                verdict.origin, verdict.layers,
            )  # fmt: skip

    def _judged(self, entry: Entry) -> Verdict:
        from triton_data.verify.judge.pair import verify_texts

        program, pair = records(entry)
        if self.bench is None:
            return Verdict(pair.key, self.device, str(PROTOCOL), False, NOT_ASKED, (), pair.origin)
        found = verify_texts(
            program.text, pair.text, device=self.device, bench=self.bench, seconds=SECONDS,
            names=(program.entry, pair.entry),
        )  # fmt: skip
        return found.verdict(pair.key, self.device, PROTOCOL, pair.origin)


def checked(
    entries: Sequence[Entry], device: str, jobs: int | None, ledger: Path | None, *, judge: bool = True,
    allow_unsafe: bool = False,
) -> Iterator[Checked]:  # fmt: skip
    """What the ledger has already comes first; each new result is in it before the next one comes."""
    wanted = {entry.digest: entry for entry in entries}
    done = {found.digest: found for found in finished(ledger, device) if found.digest in wanted}
    yield from done.values()
    left = [entry for entry in entries if entry.digest not in done]
    batches = [Batch(tuple(left[at : at + BATCH])) for at in range(0, len(left), BATCH)]
    limit = BATCH * (10 * SECONDS) + GRACE
    load_ahead(JUDGING if judge and device == "cpu" else ())
    for outcome in run_bare(Checking(device, judge, allow_unsafe), batches, limit, jobs):
        for result in outcome.outputs:
            assert isinstance(result, Verdict)
            found = _checked(result)
            if ledger is not None:
                with ledger.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(found)) + "\n")
            yield found
        for drop in outcome.drops:  # a worker went: none of its batch is known
            yield Checked(outcome.item[:12], outcome.item, 0, drop.reason, NOT_ASKED, drop.detail, device, PROTOCOL)


def finished(ledger: Path | None, device: str = "") -> list[Checked]:
    """The lines so far, of one device or of all; a last one that was cut short is done again."""
    found = []
    if ledger is not None and ledger.exists():
        for line in ledger.read_text("utf-8").splitlines():
            try:
                row = json.loads(line)
                checks, layers = tuple((name, said) for name, said in row.pop("checks")), tuple(row.pop("layers"))
                found.append(Checked(**row, checks=checks, layers=layers))
            except (ValueError, TypeError, KeyError):
                continue
    return [each for each in found if device in ("", each.device) and each.protocol == PROTOCOL]


def _checked(verdict: Verdict) -> Checked:
    said = dict(verdict.checks)
    return Checked(
        said["entry"], verdict.subject, int(said["tests"]), said["failure"],
        "passed" if verdict.passed else verdict.reason, said.get("failed", ""), verdict.device, int(verdict.protocol),
        tuple(pair for pair in verdict.checks if pair[0] not in OURS), verdict.layers,
    )  # fmt: skip
