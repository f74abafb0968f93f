"""A kernel with a launcher and inputs, and nothing that says what it should compute: is it well behaved?

In: a text with a `get_inputs()`. Out: a Judgement that is never a pass: the defect that was found, or `no_reference`,
and every check with its numbers. Checked is what needs no reference: that it runs and launches its kernel, reads and
writes nothing outside of its tensors, returns nothing that nobody wrote, gives the same in any order of programs,
writes to no input that is not an output, and that its kernels matter. Not covered: whether the numbers are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from triton_data.formats import resize
from triton_data.jail import RawTensor
from triton_data.records import Drop
from triton_data.verify.bench.bench import Bench
from triton_data.verify.draws import draws
from triton_data.verify.jailed.watch import ANYTHING
from triton_data.verify.judge.behaviour import Behaviour
from triton_data.verify.judge.entries import KERNEL_INPUTS
from triton_data.verify.judge.judgement import PROTOCOL, Checks, Judgement
from triton_data.verify.judge.pair import compiles, one_thread
from triton_data.verify.judge.questions import Question, Response, first_wrong
from triton_data.verify.judge.trial import LARGE, SECONDS_OF, Trial, asked_with
from triton_data.verify.reading.launch_entry import Entry, entry_of
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion, DrawInputs
from triton_data.verify.wire.kernel_inputs import KernelInputsAnswer, KernelInputsQuestion, KernelText
from triton_data.verify.wire.record import Malformed, Unreadable, parse

SHARE = 16  # of what is not large a smaller size takes one part: interpreting takes longer than drawing
SIZES, TRIED = 2, 6  # other sizes to ask about, and how many to draw inputs for


@dataclass(frozen=True)
class _Inputs:
    text: str
    draws: tuple[values.Packed, ...]
    tensors: tuple[RawTensor, ...]

    @property
    def first(self) -> Any:
        return values.unpack_claim(self.draws[0], [tensor.torch() for tensor in self.tensors], "inputs")


def verify_kernel(
    text: str, name: str = "", kernel: str = "", *, device: str = "cpu", bench: Bench, seed: int = 0,
    seconds: float | None = None, guessed: bool = False,
) -> Judgement:  # fmt: skip
    """`name` is the launcher's, `kernel` that of the kernel which it should launch; '' where any will do. What is found
    with `guessed` inputs is no defect: nothing says that they are meant."""
    found = _verified(text, name, kernel, device, bench, seed, seconds or SECONDS_OF[device])
    if guessed and not found.open:
        return replace(found, reason=Reason.UNSUPPORTED_INPUTS, detail=f"guessed ones: {found.reason}: {found.detail}")
    return found


def _verified(text: str, name: str, kernel: str, device: str, bench: Bench, seed: int, limit: float) -> Judgement:
    checks = Checks(layers=bench.layers)
    checks.add("protocol", PROTOCOL)
    checks.add("device", device)
    entry = entry_of(text, name)
    if isinstance(entry, Drop):
        return checks.failed(entry.reason, entry.detail)
    checks.add("launcher", entry.name)
    trial = Trial(entry.text, entry.text, entry.name, entry.name, device, bench, seed, False, limit, (ANYTHING,))
    plan = [draws.Draw("given", seed), *draws.plan(seed)[: len(draws.KINDS)]]
    inputs = _at_some_size(trial, plan, checks)
    if isinstance(inputs, Judgement):
        return inputs
    with one_thread():
        found = _judged(replace(trial, candidate=inputs.text), entry, kernel, inputs, checks)
    if inputs.text != entry.text and found.reason != Reason.NO_REFERENCE:
        detail = f"at smaller sizes, which may not be meant: {found.detail}"
        return replace(found, reason=Reason.TOO_LARGE, detail=detail)
    return found


def _at_some_size(trial: Trial, plan: list[draws.Draw], checks: Checks) -> _Inputs | Judgement:
    """As given, or smaller where that is too much."""
    smaller = {resized.text: str(resized) for resized in resize.shrunk(trial.candidate)}
    limit = LARGE[trial.device]
    found = _drawn(trial, {trial.candidate: limit, **dict.fromkeys(smaller, limit // SHARE)}, 1, plan, checks)
    if isinstance(found, Judgement):
        return found
    for inputs in found:
        if inputs.text in smaller:
            checks.add("sizes", f"smaller than given: {smaller[inputs.text]}")
        return inputs
    return checks.failed(Reason.TOO_LARGE, "inputs are too large to be copied for each draw, and stay so")


def _drawn(
    trial: Trial, texts: dict[str, int], enough: int, plan: list[draws.Draw], checks: Checks
) -> list[_Inputs] | Judgement:
    """`texts` with the bytes that their inputs may have."""
    question = KernelInputsQuestion(tuple(KernelText(*each) for each in texts.items()), enough, tuple(plan))
    outcome = trial.run(KERNEL_INPUTS, question, "cpu")
    checks.layers = outcome.facts.layers or checks.layers
    if not outcome.ok:
        return checks.failed(Reason.REFERENCE_FAILED, f"get_inputs(): {outcome.reason}")
    try:
        reports = parse(KernelInputsAnswer, outcome.value).reports
        if reports and (refusal := reports[0].refusal) is not None:
            return checks.failed(refusal.reason, refusal.detail)
        return [_inputs(t, one.draws, outcome.tensors) for t, one in zip(texts, reports, strict=False) if one.draws]
    except Malformed as error:
        return checks.failed(Reason.REFERENCE_FAILED, f"get_inputs(): the answer has not the form of one: {error}")


def _inputs(text: str, draws: tuple[values.Packed, ...], tensors: tuple[RawTensor, ...]) -> _Inputs:
    """Looked into at once, so that nothing behind can stumble over it."""
    inputs = _Inputs(text, draws, tensors)
    match inputs.first:
        case (tuple() | list(), dict()):
            return inputs
    raise Malformed("inputs are no arguments")


def _judged(trial: Trial, entry: Entry, kernel: str, inputs: _Inputs, checks: Checks) -> Judgement:
    normal = replace(_question(trial, inputs, len(inputs.draws)), noncontiguous=trial.device == "cpu", alone=True)
    idle = replace(_question(trial, inputs, 1), idle=True)
    behaviour = Behaviour(entry, kernel, inputs.first, checks)
    questions = [Question(normal, behaviour.normal), Question(idle, behaviour.idle)]
    sizes = _Sizes(checks)
    questions += sizes.questions(trial)
    found = first_wrong(trial, iter(questions), checks) or compiles(trial, [normal], checks)
    detail = "clean in every check that needs none; nothing says what it should compute"
    return found or checks.failed(Reason.NO_REFERENCE, detail)


@dataclass
class _Sizes:
    """What becomes of it at sizes that no block divides: a check and no reason, because they may not be meant."""

    checks: Checks
    found: list[str] = field(default_factory=list)

    def questions(self, trial: Trial) -> Iterator[Question]:
        sizes = {resized.text: str(resized) for resized in islice(resize.varied(trial.candidate), TRIED)}
        self.checks.add("other sizes", "none that inputs are drawn at")
        plan = [draws.Draw("given", trial.seed + 11)]
        limits = dict.fromkeys(sizes, LARGE[trial.device])
        drawn = _drawn(trial, limits, SIZES, plan, Checks()) if sizes else []
        for inputs in [] if isinstance(drawn, Judgement) else drawn:
            yield Question(_question(trial, inputs, 1), partial(self._judge, sizes[inputs.text]))

    def _judge(self, size: str, response: Response) -> None:
        self.found.append(f"{_met(response)} at {size}")
        self.checks.add("other sizes", "; ".join(self.found))


def _met(response: Response) -> str:
    if isinstance(response, Judgement):
        return response.reason
    if isinstance(response, Unreadable):
        return Reason.TAMPERING
    faults = [fault.reason for fault in response.faults if fault.reason != Reason.TORCH_FALLBACK]
    if faults:
        return faults[0]
    return "refused" if response.failure is not None else "clean"


def _question(trial: Trial, inputs: _Inputs, count: int) -> CandidateQuestion:
    """Of its first draws."""
    drawn = [DrawInputs(trial.seed, packed) for packed in inputs.draws[:count]]
    no_arguments = values.pack(((), {}), [])
    return asked_with(trial, no_arguments, ({}, {}), drawn, inputs.tensors, frozenset({ANYTHING}))
