"""Does the candidate hold at sizes that no block divides?

In: a candidate that is right at the sizes given. Out: one question a size, whose answers are counted as they are
judged. One that refuses a size (raises) is made for its sizes and says so; that is no fault. Not covered: other
dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from triton_data.formats import resize, vary_sizes
from triton_data.formats.vary_sizes import Varied
from triton_data.verify.compare import outputs
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws.draws import Draw
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.questions import Question, Response
from triton_data.verify.judge.trial import Trial, candidate_question, observe_some
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.record import Unreadable
from triton_data.verify.wire.reference import Kind, ReferenceReport

TRIED, ENOUGH = 6, 3  # sizes to try the reference at, and how many of those at which it runs are asked about
REFUSED = 2  # sizes after which a candidate is taken to be made for its own: what it does at more of them says nothing
ELEMENTS = 1 << 19  # of one input, above which a large one is not even tried
SMALL = 3 << 20  # bytes of a draw, with all that is made of it: larger ones take longer than they tell
CENTRED = 16  # a seed whose normal draws have no offset: a key too many counts only where the others are no larger
NAME = "other sizes"


def questions(trial: Trial, allowed: frozenset[str], checks: Checks, given: ReferenceReport) -> Iterator[Question]:
    """`given`: of the reference at its own sizes."""
    if trial.protocol > 1:
        yield from _singly(trial, allowed, checks, given)
        return
    fitting = (r for r in resize.varied(trial.reference) if resize.meant(trial.reference, trial.entry, r.changes))
    sizes = {resized.text: str(resized) for resized in islice(fitting, TRIED)}
    tally = _Tally(checks)
    tally.report()
    if not sizes:
        return
    plan = [Draw("given", trial.seed + 11), Draw("normal", trial.seed + 12)]
    for text, observed in observe_some(trial, list(sizes), ENOUGH, plan):
        cases = [case for case in observed.cases if case.stable and case.steady]
        if cases and not tally.refuses:
            asked = candidate_question(replace(trial, reference=text), observed, cases, allowed)
            yield Question(asked, _Judge(tally, sizes[text], cases))


def _singly(trial: Trial, allowed: frozenset[str], checks: Checks, given: ReferenceReport) -> Iterator[Question]:
    """Some of every kind of change; each size with one draw, and all of them in one task."""
    tally = _Tally(checks, give_up=False)
    tally.report()
    tried: dict[str, Varied] = {}
    for varied in vary_sizes.plan(trial.reference):
        fits = resize.meant(trial.reference, trial.entry, varied.resized.changes)
        if varied.kind.endswith("many") and resize.largest(varied.resized.text) > ELEMENTS:
            continue
        if fits and varied.resized.text != trial.reference:
            tried.setdefault(varied.resized.text, varied)
    if not tried:
        return
    plan = [Draw("normal", trial.seed + CENTRED), Draw("given", trial.seed + 11)]
    kinds = tuple(Kind(varied.kind, varied.enough, varied.unless, varied.places) for varied in tried.values())
    meant = {"even": not given.uneven, "whole": not given.unread_end}  # and stay so
    for text, observed in observe_some(trial, list(tried), ENOUGH, plan, SMALL, kinds, **meant):
        cases = [case for case in observed.cases if case.stable and case.steady][:1]
        if cases:
            asked = candidate_question(replace(trial, reference=text), observed, cases, allowed)
            yield Question(replace(asked, finishing=False), _Judge(tally, str(tried[text].resized), cases))


@dataclass
class _Tally:
    checks: Checks
    right_at: list[str] = field(default_factory=list)
    refused: int = 0
    give_up: bool = True

    @property
    def refuses(self) -> bool:
        return self.give_up and self.refused >= REFUSED

    def report(self) -> None:
        found = [f"right at {'; '.join(self.right_at)}"] if self.right_at else []
        found += ["refused"] if self.refused else []
        self.checks.add(NAME, ", ".join(found) or "none that the reference runs at")


@dataclass(frozen=True)
class _Judge:
    tally: _Tally
    size: str
    cases: list[Case]

    def __call__(self, response: Response) -> Judgement | None:
        wrong = None
        if self.tally.refuses:  # and was asked all the same, with the other questions
            return None
        if refuses(response):
            self.tally.refused += 1
        elif wrong := wrong_in(response, self.cases):
            self.tally.checks.add(NAME, f"wrong at {self.size}")
            return replace(wrong, detail=f"at other sizes ({self.size}): {wrong.detail}", **self.tally.checks.told())
        else:
            self.tally.right_at.append(self.size)
        self.tally.report()
        return None


def refuses(response: Response) -> bool:
    """Memory that belongs to nobody is no refusal, also where a GPU ends the process for it."""
    if isinstance(response, Judgement):
        return response.reason != Reason.OUT_OF_BOUNDS
    if isinstance(response, Unreadable) or response.failure is None:
        return False
    return response.failure.reason != Reason.OUT_OF_BOUNDS and not response.faults


def wrong_in(response: Response, cases: list[Case]) -> Judgement | None:
    """Of one that does not refuse."""
    return response if isinstance(response, Judgement) else outputs.judge(response, cases, Checks())
