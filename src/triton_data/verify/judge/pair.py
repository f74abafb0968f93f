"""The judge: is this Triton program right, and is it the Triton program that does the work?

In: two texts and a bench. Out: a `Judgement`. Foreign code runs in tasks of its jails, the reference in one and the
candidate in others; this process draws the plan, keeps what is expected, and compares. Not covered: where texts come
from (verify/stage.py, without_run/verify.py), and timing (timing.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain

import torch

from triton_data.errors import Misuse
from triton_data.jail import Outcome
from triton_data.records import Drop
from triton_data.verify.bench.bench import COMPILED_FOR, Bench
from triton_data.verify.compare import expected, outputs, robustness
from triton_data.verify.compare.answer import Answer
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws import draws
from triton_data.verify.judge import (
    backward,
    other_arguments,
    other_sizes,
    proof,
    sanitizer,
    smaller_sizes,
    timing,
)
from triton_data.verify.judge.judgement import PROTOCOL, PROTOCOLS, Checks, Judgement
from triton_data.verify.judge.questions import Question, Response, first_wrong
from triton_data.verify.judge.recapture import Recapture
from triton_data.verify.judge.trial import SECONDS_OF, Observed, Trial, candidate_question, observe
from triton_data.verify.reading import branches, screen, subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.compiling import CompileAnswer
from triton_data.verify.wire.record import Malformed, parse

_TWO_MODES = re.compile(r"BatchNorm|batch_norm|InstanceNorm|instance_norm|self\.training")
_ASKS_MODE = re.compile(r"\.training\b")
NOT_RIGHT = (Reason.WRONG_VALUES, Reason.WRONG_SHAPE, Reason.WRONG_DTYPE, Reason.WRONG_STRUCTURE, Reason.MUTATED_INPUT)
NOT_ON_CPU = (Reason.REFERENCE_FAILED, Reason.TOO_LARGE, Reason.UNSTABLE)
IN_NO_MODE = (Reason.SYNTAX, Reason.SIGNATURE, Reason.TAMPERING, Reason.NOT_COMPILED, Reason.DEVICE_FAILED)
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
    recapture: Recapture | None = None,
    captured: bool = False,
) -> Judgement:
    """`externs` are library operations that the pair declares, such as extern_kernels.addmm; `names` the two entries,
    where they are known; `timed` adds times and a roofline, `sanitized` names tools of compute-sanitizer, both on CUDA;
    `with_gradients` asks for all of them; `recapture` makes the candidate again for a reference at other sizes;
    `captured` says that it was made for the arguments given, so that what it does with others is only said."""
    if protocol not in PROTOCOLS:
        raise Misuse(f"unknown protocol {protocol}: this version has protocols 1 and 2")
    checks = Checks(layers=bench.layers)
    checks.add("protocol", protocol)
    checks.add("device", device)
    found = names or subject.names(reference, candidate)
    if isinstance(found, Drop):
        return checks.failed(found.reason, found.detail)
    limit = seconds or SECONDS_OF[device]
    trial = Trial(
        reference, candidate, *found, device, bench, seed, training, limit, tuple(externs), timed and device == "cuda",
        sanitized if device == "cuda" else (), with_gradients, recapture=recapture, protocol=protocol,
        captured=captured or recapture is not None,
    )  # fmt: skip
    suspicion = screen.suspicious(candidate, found[1])
    checks.add("screen", suspicion or "nothing found")
    if suspicion:
        return checks.failed(Reason.TAMPERING, suspicion)
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
    first = checks.copy()
    found = _judged(trial, first)
    retried = found.reason == Reason.WRONG_VALUES if trial.protocol == 1 else found.reason not in IN_NO_MODE
    if found.passed or not retried or trial.training or not _TWO_MODES.search(trial.reference):
        return found
    if trial.protocol > 1 and found.reason in NOT_RIGHT and _ASKS_MODE.search(trial.candidate):
        return found  # it does something of its own in either mode, and that is wrong in this one
    checks.add("mode", "training, which is what it is right in")
    other = _judged(replace(trial, training=True), checks)
    return other if other.passed else found


def _judged(trial: Trial, checks: Checks) -> Judgement:
    """Measured by eager on the CPU, which costs a GPU nothing; where it does not run there, and before a candidate is
    called wrong by little, by eager on the device itself."""
    first = checks.copy()
    found = _at_some_size(trial, first)
    if trial.device == trial.reference_device:
        return found
    if found.reason not in NOT_ON_CPU and not (found.reason == Reason.WRONG_VALUES and found.ratio < NEAR):
        return found
    return _at_some_size(replace(trial, reference_device=trial.device), checks)


def _at_some_size(trial: Trial, checks: Checks) -> Judgement:
    plan = draws.plan(trial.seed) if trial.protocol == 1 else []  # the reference's own task plans them
    checks.add("eager on", trial.reference_device)
    observed = observe(trial, checks, plan)
    if isinstance(observed, Observed) and not observed.too_large:
        return _compared(trial, checks, observed)
    if isinstance(observed, Judgement) and observed.reason != Reason.TOO_LARGE:
        return observed
    if trial.reference_device != trial.device:
        return checks.failed(Reason.TOO_LARGE, "inputs that the device is asked about")
    return smaller_sizes.judged(trial, checks, plan, _compared)


def _compared(trial: Trial, checks: Checks, observed: Observed) -> Judgement:
    for name, found in observed.report.notes.items():
        checks.add(name, found)
    cases = proof.proving(observed.cases, checks)
    if isinstance(cases, Judgement):
        return cases
    allowed = expected.allowed(observed.report.operations, trial.externs, expected.has_bookkeeping(cases[0]))
    checks.add("left to libraries", ", ".join(sorted(allowed)) or "nothing")
    if branch := branches.computed_in_a_branch(trial.candidate, allowed, trial.protocol > 1):
        return checks.failed(Reason.TORCH_FALLBACK, branch)
    plain = candidate_question(trial, observed, cases, allowed)
    plain = replace(plain, noncontiguous=trial.device == "cpu", alone=True)
    other = next((case for case in cases if case.differs(cases[0])), cases[0])
    telling = [other, cases[0]]  # no constant is right for both
    idle = replace(candidate_question(trial, observed, telling, allowed), idle=True, robustness=())
    questions = chain(
        [
            Question(plain, partial(_right, cases=cases, checks=checks, observed=observed)),
            Question(idle, partial(_needs_kernels, cases=telling, checks=checks)),
        ],
        other_sizes.questions(trial, allowed, checks, observed.report),
        other_arguments.questions(trial, allowed, checks) if trial.protocol > 1 else (),
        backward.question(trial, allowed, checks),
    )
    asked: list[CandidateQuestion] = []
    return (
        first_wrong(trial, _noted(questions, asked), checks)
        or compiles(trial, [plain, *(one for one in asked if one.gradients is not None)], checks)
        or sanitizer.questioned(trial, plain, trial.sanitizing, checks)
        or (timing.measure(trial, plain, checks) if trial.timing else None)
        or checks.passed()
    )


def _noted(questions: Iterator[Question], asked: list[CandidateQuestion]) -> Iterator[Question]:
    for question in questions:
        asked.append(question.candidate)
        yield question


def compiles(trial: Trial, questions: list[CandidateQuestion], checks: Checks) -> Judgement | None:
    """What only calling the candidate can tell, and did not, is left open: nothing on the CPU needs the answer."""
    outcome = trial.compile(tuple(replace(one, draws=one.draws[:1]) for one in questions))
    if outcome is None:
        return None
    answer = _compiled(outcome)
    if answer.refusal:
        return checks.failed(Reason.NOT_COMPILED, answer.refusal)
    kernels = ", ".join(answer.kernels) or "nothing"
    checks.add(f"compiled for {COMPILED_FOR}", kernels + (f"; then {answer.call_error}" if answer.call_error else ""))
    return None


def _compiled(outcome: Outcome) -> CompileAnswer:
    if not outcome.ok:
        return CompileAnswer(call_error=outcome.reason)
    try:
        return parse(CompileAnswer, outcome.value)
    except Malformed as error:
        return CompileAnswer(call_error=f"the answer has not the form of one: {error}")


def _right(response: Response, cases: list[Case], checks: Checks, observed: Observed) -> Judgement | None:
    if isinstance(response, Judgement):
        return response
    found = outputs.judge(response, cases, checks, max(draws.FEWEST, observed.report.fewest))
    if found is None and isinstance(response, Answer):
        robustness.label(response, observed.robustness, checks)
    return found


def _needs_kernels(response: Response, cases: list[Case], checks: Checks) -> Judgement | None:
    """Asked again while no kernel does anything: it must not be right, else something else does the work."""
    if isinstance(response, Judgement):
        checks.add("without its kernels", "fails, as it should")
    elif outputs.all_right(response, cases):
        return checks.failed(Reason.DECOY, "its outputs are as right when its kernels do nothing")
    else:
        checks.add("without its kernels", "gives other outputs, as it should")
    return None
