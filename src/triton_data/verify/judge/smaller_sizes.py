"""A program whose inputs are large, judged at sizes that are not.

In: a trial, and how one is judged. Out: the Judgement at the largest of the smaller sizes that the reference runs at
and the candidate does not refuse. A candidate that was made for its sizes only is made again for the smaller ones,
where the trial knows how; the check `sizes` says so. One that passes must also fit at the sizes given. Where there are
no such sizes, it is judged as given, if it can be. Not covered: which sizes there are (formats/resize.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from triton_data.formats import resize
from triton_data.verify.draws import draws
from triton_data.verify.draws.draws import FEWEST, Draw
from triton_data.verify.judge.entries import GIVEN_SIZE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import LARGE, Observed, Trial, observe, observe_some
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.given_size import GivenSizeAnswer, GivenSizeQuestion
from triton_data.verify.wire.record import Malformed, parse

Judge: TypeAlias = Callable[[Trial, Checks, Observed], Judgement]
REFUSED = (Reason.CRASH, Reason.STATE_MISMATCH, Reason.INSENSITIVE, Reason.UNSTABLE)
NO_LIMIT = 1 << 62
SHARE = 2  # of what is not large a smaller size takes one part: then a verdict takes no longer than others
AT_GIVEN = "at the given sizes"
SAID = 120  # characters of what is wrong there
ROOMY = 16  # times what others take: nothing else is left to be judged
TRIED = 2  # smaller sizes that the reference runs at
_FIXED = re.compile(r"^ +assert (?!self\b)\S+\.shape == \([\d, ]+\)", re.MULTILINE)
"""As a file that was made for the sizes given says it. Any other is asked at smaller ones before it is made anew."""


@dataclass
class _Attempts:
    """What was tried and did not do, as the check `smaller sizes` says it."""

    refused: list[str] = field(default_factory=list)
    slow: Judgement | None = None

    def add(self, found: Judgement, sizes: str) -> None:
        self.slow = found if found.reason == Reason.TIMEOUT else None
        self.refused.append(f"{found.reason} at {sizes} ({found.detail[-SAID:]})")


def judged(trial: Trial, checks: Checks, plan: list[Draw], judge: Judge) -> Judgement:
    fixed = _FIXED.search(trial.candidate) is not None
    turns = (trial,) if fixed or trial.recapture is None else (replace(trial, recapture=None), trial)
    attempts = _Attempts()
    for one in turns:
        if found := _judged_at_some(one, checks, plan, judge, attempts):
            return found
    if attempts.refused:
        checks.add("smaller sizes", "; ".join(dict.fromkeys(attempts.refused)))
    if attempts.slow is not None:
        return attempts.slow
    few = plan[:FEWEST] or [Draw("given", trial.seed), *draws.plan(trial.seed)[1:FEWEST]]
    given = observe(trial, checks, few, NO_LIMIT)
    return given if isinstance(given, Judgement) else judge(trial, checks, given)


def _judged_at_some(
    trial: Trial, checks: Checks, plan: list[Draw], judge: Judge, attempts: _Attempts
) -> Judgement | None:
    for sizes, text, observed in _smaller(trial, plan, attempts):
        for one, how in _candidates(replace(trial, reference=text), attempts):
            attempt = checks.copy()
            attempt.add("sizes", f"smaller than given{how}: {sizes}")
            found = judge(one, attempt, observed)
            if found.passed:
                return _wrong_as_given(trial, attempt) or attempt.passed()
            if found.reason not in (*REFUSED, Reason.TIMEOUT):
                return found
            attempts.add(found, sizes)
    return None


def _smaller(trial: Trial, plan: list[Draw], attempts: _Attempts) -> Iterator[tuple[str, str, Observed]]:
    """What a kernel takes whole may decide how many there are: then some sizes must stay, and a draw may be larger."""
    small = LARGE[trial.reference_device] // SHARE
    roomy = ROOMY * small  # one at a time: an answer has no room for two
    for ways, limit, most in (
        (resize.shrunk, small, TRIED), (resize.shrunk_inputs, roomy, 1), (resize.shrunk_singly, small, TRIED),
        (resize.shrunk_first, roomy, 1),
    ):  # fmt: skip
        fitting = (r for r in ways(trial.reference) if resize.meant(trial.reference, trial.entry, r.changes))
        sizes = {resized.text: str(resized) for resized in fitting}
        for text, observed in _running(trial, list(sizes), plan, limit, most, attempts):
            yield sizes[text], text, observed


def _running(
    trial: Trial, texts: list[str], plan: list[Draw], limit: int, most: int, attempts: _Attempts
) -> Iterator[tuple[str, Observed]]:
    """Those that the reference runs at; where the larger ones cost a task its life, of the smaller half."""
    while texts:
        found = list(observe_some(trial, texts, most, plan, limit))
        yield from found
        if found and attempts.slow is None:
            return
        texts = texts[texts.index(found[-1][0]) + 1 :] if found else texts
        texts = texts[(len(texts) + (not found)) // 2 :]


def _candidates(trial: Trial, attempts: _Attempts) -> Iterator[tuple[Trial, str]]:
    yield trial, ""
    if trial.recapture is None or attempts.slow is not None:
        return
    mode = "training" if trial.differentiated else "inference"
    again = trial.recapture(trial.reference, trial.entry, mode)
    if again is not None and _kernels(again.text) == _kernels(trial.candidate):
        again_trial = replace(trial, candidate=again.text, new_entry=again.entry, externs=again.externs)
        yield again_trial, ", made again for it"
    elif again is not None:
        attempts.refused.append(f"{_kernels(again.text)} kernels there for {_kernels(trial.candidate)}")


def _kernels(text: str) -> int:
    return text.count("@triton.jit")


def _wrong_as_given(trial: Trial, checks: Checks) -> Judgement | None:
    """Where a grid is more than CUDA launches, a block is too large, or a program at a corner of the grid reaches out
    of its tensor. Numbers are not looked at, and a device has run it as it is given."""
    if trial.device != "cpu" or trial.protocol == 1:
        return None
    question = GivenSizeQuestion(trial.reference, trial.candidate, trial.new_entry, trial.seed, trial.training)
    outcome = trial.run(GIVEN_SIZE, question)
    try:
        answer = parse(GivenSizeAnswer, outcome.value) if outcome.ok else GivenSizeAnswer(unknown=outcome.reason)
    except Malformed as error:
        answer = GivenSizeAnswer(unknown=str(error))
    if answer.reason is not None:
        checks.add(AT_GIVEN, "wrong")
        return checks.failed(answer.reason, f"{AT_GIVEN}: {answer.detail}")
    checks.add(AT_GIVEN, f"not known: {answer.unknown}" if answer.unknown else "its grids, blocks and corners fit")
    return None
