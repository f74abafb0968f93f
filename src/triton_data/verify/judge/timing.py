"""How fast is a candidate that passed, beside eager and the compiler, and beside what the device can do at all?

In: a trial on CUDA and its payload. Out: checks with medians, their 95% intervals and a percentage of the
roofline; a Judgement only where the candidate is faster than the device. Each side is timed in a task of its own.
A GPU that is timed does nothing else of ours. Not covered: energy, programs for several GPUs.
"""

from __future__ import annotations

from typing import Any

from triton_data.records import speed
from triton_data.verify.judge.entries import CLOCK
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import Trial
from triton_data.verify.reasons import Reason

IMPOSSIBLE = 0.5  # of the time that the roofline needs: no measurement is that far off


def measure(trial: Trial, payload: dict[str, Any], checks: Checks) -> Judgement | None:
    one = {**payload, "draws": payload["draws"][:1]}
    theirs = trial.run(
        CLOCK, {**one, "text": trial.reference, "entry": trial.entry, "time": list(speed.BASELINES)}, alone=True
    )
    mine = trial.run(CLOCK, {**one, "time": ["candidate"]}, alone=True)
    for name, outcome in (("baselines", theirs), ("candidate", mine)):
        if not outcome.ok or not isinstance(outcome.value, dict):
            checks.say("time", f"{name} could not be timed: {outcome.reason[:200]}")
            return None
    assert isinstance(theirs.value, dict) and isinstance(mine.value, dict)
    return _said({**theirs.value, **mine.value}, checks)


def _said(found: dict[str, Any], checks: Checks) -> Judgement | None:
    medians = {}
    for name in (*speed.BASELINES, "candidate"):
        low, medians[name], high = interval([float(ms) for ms in found[name]])
        checks.say(f"time {name}", f"{medians[name]:.4f} ms [{low:.4f}, {high:.4f}], {len(found[name])} repetitions")
    bound = max(found["bytes"] / found["bytes_per_ms"], found["flops"] / found["flops_per_ms"])
    for name, said in speed.checks(medians, bound, found["bytes"], found["flops"]):
        checks.say(name, said)
    if medians["candidate"] < IMPOSSIBLE * bound:
        return checks.failed(Reason.TAMPERING, f"{medians['candidate']:.4f} ms is faster than the device can be")
    return None


def interval(times: list[float]) -> tuple[float, float, float]:
    """The median between the order statistics that hold it with 95% confidence."""
    ordered, count = sorted(times), len(times)
    half = 0.98 * count**0.5
    low, high = max(0, int(count / 2 - half)), min(count - 1, int(count / 2 + half))
    return ordered[low], ordered[count // 2], ordered[high]
