"""The judge: is this Triton program right, and is it the Triton program that does the work?

In: two texts and a bench. Out: a `Judgement`. Foreign code runs in tasks of its jails, the reference in one and the
candidate in others; this process draws the plan, keeps what is expected, and compares. Not covered: where texts come
from (running/stage.py, without_run/verify.py), and timing (timing.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

import torch

from triton_data.errors import Misuse
from triton_data.records import Drop
from triton_data.verify.bench.bench import COMPILED_FOR, Bench
from triton_data.verify.compare import expected, outputs
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws import draws
from triton_data.verify.judge import backward, other_sizes, proof, sanitizer, smaller_sizes, timing
from triton_data.verify.judge.judgement import PROTOCOL, Checks, Judgement
from triton_data.verify.judge.questions import Answer, Question, answered
from triton_data.verify.judge.trial import SECONDS_OF, Remake, Seen, Trial, observe, payload_of
from triton_data.verify.reading import branches, screen, subject
from triton_data.verify.reasons import Reason

_TWO_MODES = re.compile(r"BatchNorm|batch_norm|InstanceNorm|instance_norm|self\.training")
NOT_ON_CPU = (Reason.REFERENCE_FAILED, Reason.TOO_LARGE, Reason.UNSTABLE)
NEAR = 1000.0  # times what is allowed: another eager's rounding may account for it


def verify_texts(
    reference: str,
    candidate: str,
    *,
    device: str = "cpu",
    protocol: int = PROTOCOL,
    bench: Bench,
    seed: int = 0,
    externs: Iterable[str] = (),
    training: bool = False,
    seconds: float | None = None,
    names: tuple[str, str] | None = None,
    timed: bool = False,
    sanitized: tuple[str, ...] = (),
    with_gradients: bool = False,
    remake: Remake | None = None,
) -> Judgement:
    """`externs` are library operations that the pair declares, such as extern_kernels.addmm; `names` the two entries,
    where they are known; `timed` adds times and a roofline, `sanitized` names tools of compute-sanitizer, both on CUDA;
    `with_gradients` asks for all of them; `remake` makes the candidate again for a reference at other sizes."""
    if protocol != PROTOCOL:
        raise Misuse(f"unknown protocol {protocol}: this version has protocol {PROTOCOL}")
    checks = Checks(layers=bench.layers)
    checks.say("protocol", protocol)
    checks.say("device", device)
    found = names or subject.names(reference, candidate)
    if isinstance(found, Drop):
        return checks.failed(found.reason, found.detail)
    limit = seconds or SECONDS_OF[device]
    trial = Trial(
        reference, candidate, *found, device, bench, seed, training, limit, tuple(externs), timed and device == "cuda",
        sanitized if device == "cuda" else (), with_gradients, remake=remake,
    )  # fmt: skip
    said = screen.suspicious(candidate, found[1])
    checks.say("screen", said or "nothing found")
    if said:
        return checks.failed(Reason.TAMPERING, said)
    with one_thread():
        return _in_some_mode(trial, checks)


@contextmanager
def one_thread() -> Iterator[None]:
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
    """Measured by eager on the CPU, which costs a GPU nothing; where it does not run there, and before a candidate is
    called wrong by little, by eager on the device itself."""
    first = Checks(dict(checks.made), checks.layers)
    found = _at_some_size(trial, first)
    if trial.device == trial.believes:
        return found
    if found.reason not in NOT_ON_CPU and not (found.reason == Reason.WRONG_VALUES and found.ratio < NEAR):
        return found
    return _at_some_size(replace(trial, believes=trial.device), checks)


def _at_some_size(trial: Trial, checks: Checks) -> Judgement:
    plan = draws.plan(trial.seed)
    checks.say("eager on", trial.believes)
    seen = observe(trial, checks, plan)
    if isinstance(seen, Seen) and not seen.big:
        return _compared(trial, checks, seen)
    if isinstance(seen, Judgement) and seen.reason != Reason.TOO_LARGE:
        return seen
    if trial.believes != trial.device:
        return checks.failed(Reason.TOO_LARGE, "inputs that the device is asked about")
    return smaller_sizes.judged(trial, checks, plan, _compared)


def _compared(trial: Trial, checks: Checks, seen: Seen) -> Judgement:
    cases = proof.proving(seen.cases, checks)
    if isinstance(cases, Judgement):
        return cases
    allowed = expected.allowed(seen.head["operations"], trial.externs, expected.has_books(cases[0]))
    checks.say("left to libraries", ", ".join(sorted(allowed)) or "nothing")
    if branch := branches.computed_in_a_branch(trial.candidate, allowed):
        return checks.failed(Reason.TORCH_FALLBACK, branch)
    payload = payload_of(trial, seen, cases, allowed) | {"strided": trial.device == "cpu"}
    idle = {**payload_of(trial, seen, cases[:2], allowed), "idle": True}
    questions = chain(
        [
            Question(payload, partial(_right, cases=cases, checks=checks)),
            Question(idle, partial(_needs_kernels, cases=cases, checks=checks)),
        ],
        other_sizes.questions(trial, allowed, checks),
        backward.question(trial, allowed, checks),
    )
    asked: list[dict[str, Any]] = []
    return (
        answered(trial, _noted(questions, asked), checks)
        or compiles(trial, [payload, *(one for one in asked if "gradients" in one)], checks)
        or sanitizer.questioned(trial, payload, trial.sanitizing, checks)
        or (timing.measure(trial, payload, checks) if trial.timing else None)
        or checks.passed()
    )


def _noted(questions: Iterator[Question], asked: list[dict[str, Any]]) -> Iterator[Question]:
    for question in questions:
        asked.append(question.payload)
        yield question


def compiles(trial: Trial, payloads: list[dict[str, Any]], checks: Checks) -> Judgement | None:
    """What only calling the candidate can tell, and did not, is left open: nothing on the CPU needs the answer."""
    outcome = trial.compiled([{**one, "draws": one["draws"][:1]} for one in payloads])
    if outcome is None:
        return None
    told = outcome.value if outcome.ok and isinstance(outcome.value, dict) else {"said": outcome.reason}
    if told.get("refused"):
        return checks.failed(Reason.NOT_COMPILED, str(told["refused"]))
    kernels = ", ".join(map(str, told.get("kernels") or ())) or "nothing"
    checks.say(f"compiled for {COMPILED_FOR}", kernels + (f"; then {told['said']}" if told.get("said") else ""))
    return None


def _right(answer: Answer, cases: list[Case], checks: Checks) -> Judgement | None:
    return answer if isinstance(answer, Judgement) else outputs.believed(answer, cases, checks)


def _needs_kernels(answer: Answer, cases: list[Case], checks: Checks) -> Judgement | None:
    """Asked again while no kernel does anything: it must not be right, else something else does the work."""
    if isinstance(answer, Judgement):
        checks.say("without its kernels", "fails, as it should")
    elif outputs.all_right(answer, cases):
        return checks.failed(Reason.DECOY, "its outputs are as right when its kernels do nothing")
    else:
        checks.say("without its kernels", "gives other outputs, as it should")
    return None
