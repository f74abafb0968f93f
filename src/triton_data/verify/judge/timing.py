"""How fast is a candidate that passed, beside eager and the compiler, and beside what the device can do at all?

In: a trial on CUDA and its question. Out: checks with medians, their 95% intervals and a percentage of the
roofline; a Judgement only where the candidate is faster than the device. Each side is timed in a task of its own.
A GPU that is timed does nothing else of ours. Not covered: energy, programs for several GPUs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from triton_data.records import speed
from triton_data.verify.judge.entries import CLOCK
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import Trial
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.clock import ClockAnswer, ClockQuestion, Roofline
from triton_data.verify.wire.record import Malformed, Unreadable, parse

IMPOSSIBLE = 0.5  # of the time that the roofline needs: no measurement is that far off


def measure(trial: Trial, candidate: CandidateQuestion, checks: Checks) -> Judgement | None:
    candidate = replace(candidate, draws=candidate.draws[:1])
    reference = replace(candidate, text=trial.reference, entry=trial.entry)
    baselines = _timed(trial, ClockQuestion(reference, tuple(speed.BASELINES)))
    own = _timed(trial, ClockQuestion(candidate, ("candidate",)))
    for name, answer in (("baselines", baselines), ("candidate", own)):
        if isinstance(answer, Unreadable):
            checks.add("time", f"{name} could not be timed: {answer.detail[:200]}")
            return None
    assert isinstance(baselines, ClockAnswer) and isinstance(own, ClockAnswer)
    assert baselines.roofline is not None, "_timed() has seen to it"
    return _compared({**baselines.times, **own.times}, baselines.roofline, checks)


def _timed(trial: Trial, question: ClockQuestion) -> ClockAnswer | Unreadable:
    outcome = trial.run(CLOCK, question, exclusive=True)
    if not outcome.ok:
        return Unreadable(outcome.reason)
    try:
        answer = parse(ClockAnswer, outcome.value)
    except Malformed as error:
        return Unreadable(f"the answer has not the form of one: {error}")
    if not all(answer.times.get(name) for name in question.measure):
        return Unreadable("the answer has not all times")
    if "eager" in question.measure and not (answer.roofline and answer.roofline.possible):
        return Unreadable("the answer has no roofline")
    return answer


def _compared(times: Mapping[str, tuple[float, ...]], roofline: Roofline, checks: Checks) -> Judgement | None:
    medians = {}
    for name in (*speed.BASELINES, "candidate"):
        low, medians[name], high = interval([float(ms) for ms in times[name]])
        checks.add(f"time {name}", f"{medians[name]:.4f} ms [{low:.4f}, {high:.4f}], {len(times[name])} repetitions")
    bound = max(roofline.bytes / roofline.bytes_per_ms, roofline.flops / roofline.flops_per_ms)
    for name, measured in speed.checks(medians, bound, roofline.bytes, roofline.flops):
        checks.add(name, measured)
    if medians["candidate"] < IMPOSSIBLE * bound:
        return checks.failed(Reason.TAMPERING, f"{medians['candidate']:.4f} ms is faster than the device can be")
    return None


def interval(times: list[float]) -> tuple[float, float, float]:
    """The median between the order statistics that hold it with 95% confidence."""
    ordered, count = sorted(times), len(times)
    half = 0.98 * count**0.5
    low, high = max(0, int(count / 2 - half)), min(count - 1, int(count / 2 + half))
    return ordered[low], ordered[count // 2], ordered[high]
