"""The judge: is this Triton program right, and is it the Triton program that does the work?

In: two texts and a jail. Out: a `Judgement`. Foreign code runs in tasks of the jail, the reference in one and the
candidate in others; this process draws the plan, keeps what is expected, and compares. Not covered: where texts come
from (stage.py, bare_verify.py), and timing (timing.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch

from triton_data.errors import Misuse
from triton_data.jail import Jail
from triton_data.records import Drop
from triton_data.verify import branches, draws, expected, other_sizes, outputs, proof, resize, screen, subject, timing
from triton_data.verify.expected import Case
from triton_data.verify.judgement import PROTOCOL, Checks, Judgement
from triton_data.verify.reasons import Reason
from triton_data.verify.trial import BIG, SECONDS_OF, Seen, Trial, ask, observe, open_jail, payload_of

__all__ = ["open_jail", "verify_texts"]
_TWO_MODES = re.compile(r"BatchNorm|batch_norm|InstanceNorm|instance_norm|self\.training")
NO_LIMIT = 1 << 62


def verify_texts(
    reference: str,
    candidate: str,
    *,
    device: str = "cpu",
    protocol: int = PROTOCOL,
    jail: Jail,
    seed: int = 0,
    externs: Iterable[str] = (),
    training: bool = False,
    seconds: float | None = None,
    names: tuple[str, str] | None = None,
    timed: bool = False,
) -> Judgement:
    """`externs` are library operations that the pair declares, such as extern_kernels.addmm; `names` the two entries,
    where they are known; `timed` adds times and a roofline, on CUDA."""
    if protocol != PROTOCOL:
        raise Misuse(f"unknown protocol {protocol}: this version has protocol {PROTOCOL}")
    checks = Checks(layers=jail.layers)
    checks.say("protocol", protocol)
    checks.say("device", device)
    found = names or subject.names(reference, candidate)
    if isinstance(found, Drop):
        return checks.failed(found.reason, found.detail)
    limit = seconds or SECONDS_OF[device]
    trial = Trial(
        reference, candidate, *found, device, jail, seed, training, limit, tuple(externs), timed and device == "cuda"
    )
    said = screen.suspicious(candidate)
    checks.say("screen", said or "nothing found")
    if said:
        return checks.failed(Reason.TAMPERING, said)
    with _one_thread():
        return _in_some_mode(trial, checks)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Comparisons are small: more threads cost more than they bring, and a great deal more on busy cores."""
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def _in_some_mode(trial: Trial, checks: Checks) -> Judgement:
    """In inference; and where that is wrong and training is something else, in training, which some authors mean."""
    first = Checks(dict(checks.made), checks.layers)
    found = _judged(trial, first)
    if found.reason != Reason.WRONG_VALUES or trial.training or not _TWO_MODES.search(trial.reference):
        return found
    checks.say("mode", "training, which is what it is right in")
    other = _judged(replace(trial, training=True), checks)
    return other if other.passed else found


def _judged(trial: Trial, checks: Checks) -> Judgement:
    plan = draws.plan(trial.seed)
    seen = observe(trial, checks, plan, BIG[trial.device])
    if isinstance(seen, Judgement):
        return seen
    if seen.big:
        return _at_smaller_sizes(trial, checks, plan)
    return _compared(trial, checks, seen)


def _at_smaller_sizes(trial: Trial, checks: Checks, plan: list[draws.Draw]) -> Judgement:
    """The largest of the smaller sizes that the reference runs at and the candidate does not refuse; else as it is."""
    for resized in resize.shrunk(trial.reference):
        smaller = replace(trial, reference=resized.text)
        seen = observe(smaller, checks, plan, BIG[trial.device])
        if isinstance(seen, Judgement) or seen.big:
            continue
        attempt = Checks(dict(checks.made), checks.layers)
        attempt.say("sizes", f"smaller than given: {resized}")
        found = _compared(smaller, attempt, seen)
        if found.reason not in (Reason.CRASH, Reason.STATE_MISMATCH, Reason.INSENSITIVE, Reason.UNSTABLE):
            return found
        break
    seen = observe(trial, checks, plan[: outputs.FEWEST], NO_LIMIT)
    return seen if isinstance(seen, Judgement) else _compared(trial, checks, seen)


def _compared(trial: Trial, checks: Checks, seen: Seen) -> Judgement:
    cases = proof.proving(seen.cases, checks)
    if isinstance(cases, Judgement):
        return cases
    allowed = expected.allowed(seen.head["operations"], trial.externs)
    checks.say("left to libraries", ", ".join(sorted(allowed)) or "nothing")
    if branch := branches.computed_in_a_branch(trial.candidate, allowed):
        return checks.failed(Reason.TORCH_FALLBACK, branch)
    payload = payload_of(trial, seen, cases, allowed)
    told = ask(trial, payload, checks)
    if isinstance(told, Judgement):
        return told
    return (
        outputs.believed(told, cases, checks)
        or _idle(trial, payload_of(trial, seen, cases[:2], allowed), cases, checks)
        or other_sizes.wrong_elsewhere(trial, allowed, checks)
        or (timing.measure(trial, payload, checks) if trial.timing else None)
        or checks.passed()
    )


def _idle(trial: Trial, payload: dict[str, Any], cases: list[Case], checks: Checks) -> Judgement | None:
    """A second run in which no kernel does anything: it must not be right, else something else does the work."""
    outcome = trial.run("candidate", {**payload, "idle": True})
    if not outcome.ok or not isinstance(outcome.value, dict):
        checks.say("without its kernels", "fails, as it should")
        return None
    told = outputs.Told(outcome.value, [tensor.torch() for tensor in outcome.tensors])
    if outputs.all_right(told, cases):
        return checks.failed(Reason.DECOY, "its outputs are as right when its kernels do nothing")
    checks.say("without its kernels", "gives other outputs, as it should")
    return None
