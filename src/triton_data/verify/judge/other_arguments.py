"""Does the candidate hold with other arguments, of its constructor and its call?

In: a candidate that is right with the arguments given. Out: one question a changed argument with which the reference
runs and gives something else. One that refuses (raises) is made for its own, which is no fault; one that was made from
a capture is made for its own as well, and what it does with others is only said. Not covered: sizes (other_sizes.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triton_data.formats import resize, vary_sizes
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws.draws import Draw
from triton_data.verify.draws.meaning import NORMS
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.other_sizes import refuses, wrong_in
from triton_data.verify.judge.questions import Question, Response
from triton_data.verify.judge.trial import Observed, Trial, candidate_question, observe_arguments

NAME = "other arguments"
MOST, FLAGS = 8, 3
_FLAGS = re.compile(r"\b(True|False|mode|reduction)\b")


def questions(trial: Trial, allowed: frozenset[str], checks: Checks) -> Iterator[Question]:
    tally = _Tally(checks, trial.captured)
    tally.report()
    if "(" not in trial.reference:
        return
    yield from _asked(trial, observe_arguments(trial, MOST, _plan(trial)), allowed, tally)
    if _FLAGS.search(trial.reference):
        yield from _with_another_size(trial, allowed, tally)


def _plan(trial: Trial) -> list[Draw]:
    """Marks occur in what is given. What a norm hides shows in rows that its epsilon outweighs."""
    return [Draw("normal", trial.seed), Draw("given", trial.seed), Draw("rows", trial.seed)]


def _chosen(observed: Observed) -> list[Case]:
    usable = [case for case in observed.cases if case.stable and case.steady]
    rows = [case for case in usable if case.kind == "rows"] if NORMS & set(observed.report.operations) else []
    return [case for case in usable if case.kind != "rows"][:1] + rows


def _with_another_size(trial: Trial, allowed: frozenset[str], tally: _Tally) -> Iterator[Question]:
    """A flag may matter only where something is left over, as that of a pooling which rounds up."""
    for varied in vary_sizes.plan(trial.reference):
        if varied.kind not in ("all smaller", "all larger"):
            break
        if not resize.meant(trial.reference, trial.entry, varied.resized.changes):
            continue
        if observed := observe_arguments(
            replace(trial, reference=varied.resized.text), FLAGS, _plan(trial), flags=True
        ):
            named = [(f"{changed} at {varied.resized}", one) for changed, one in observed]
            yield from _asked(trial, named, allowed, tally)
            return


def _asked(
    trial: Trial, found: list[tuple[str, Observed]], allowed: frozenset[str], tally: _Tally
) -> Iterator[Question]:
    for changed, observed in found:
        cases = _chosen(observed)
        if cases:
            asked = candidate_question(trial, observed, cases, allowed)
            yield Question(replace(asked, finishing=False), _Judge(tally, changed, cases))


@dataclass
class _Tally:
    checks: Checks
    captured: bool
    found: dict[str, str] = field(default_factory=dict)

    def report(self) -> None:
        said = "; ".join(f"{what} with {changed}" for changed, what in self.found.items())
        self.checks.add(NAME, said or "none that the reference runs with")


@dataclass(frozen=True)
class _Judge:
    tally: _Tally
    changed: str
    cases: list[Case]

    def __call__(self, response: Response) -> Judgement | None:
        wrong = None
        if refuses(response):
            self.tally.found[self.changed] = "refused"
        elif wrong := wrong_in(response, self.cases):
            self.tally.found[self.changed] = "wrong"
        else:
            self.tally.found[self.changed] = "right"
        self.tally.report()
        if wrong is None or self.tally.captured:
            return None
        detail = f"with other arguments ({self.changed}): {wrong.detail}"
        return replace(wrong, detail=detail, **self.tally.checks.told())
