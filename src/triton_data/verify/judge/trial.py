"""The tasks of one verification, and what the reference's task observed.

In: two texts, their entries and a bench. Out: what the reference claims, as cases to compare with, and the question
that goes to a candidate: weights and inputs, never an expected output. Not covered: judging (pair.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triton_data.jail import COMPILE, GPU, RUN, Outcome, RawTensor
from triton_data.jail.policy import LAYERS
from triton_data.verify.bench.bench import Bench
from triton_data.verify.compare import expected
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws import draws
from triton_data.verify.judge.entries import COMPILING, REFERENCE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.recapture import Recapture
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion, DrawInputs, RobustDraw
from triton_data.verify.wire.compiling import CompileQuestion
from triton_data.verify.wire.record import Malformed, parse
from triton_data.verify.wire.reference import Kind, ReferenceAnswer, ReferenceQuestion, ReferenceReport
from triton_data.verify.wire.task import task_of

LARGEST = 48 << 20  # bytes of inputs that go to a candidate
LARGE = {"cpu": 4 << 20, "cuda": 48 << 20}  # bytes of one draw above which smaller sizes are looked for
SECONDS_OF = {"cpu": 60.0, "cuda": 120.0}
EXHAUSTED = ("timeout", "oom", "flood", "bad_result")  # ends of a task that smaller inputs may spare it


@dataclass(frozen=True)
class Trial:
    """One pair on its way through the checks."""

    reference: str
    candidate: str
    entry: str
    new_entry: str
    device: str
    bench: Bench
    seed: int
    training: bool
    seconds: float
    externs: tuple[str, ...]
    timing: bool = False
    sanitizing: tuple[str, ...] = ()  # tools of compute-sanitizer
    differentiated: bool = False  # captured in training: all gradients belong to its answer
    gradients: bool = False  # the reference gives its gradients as well
    recapture: Recapture | None = None
    reference_device: str = "cpu"  # the numbers of eager there are what errors are measured by
    protocol: int = 1
    captured: bool = False  # made from a capture at the arguments that are given

    def run(
        self, entry: str, question: Any, device: str = "", exclusive: bool = False, watched: bool = False
    ) -> Outcome:
        """`exclusive`: nothing else of ours runs on its GPU meanwhile."""
        base = GPU if (device or self.device) == "cuda" else RUN
        policy = replace(base, wall_s=self.seconds, cpu_s=int(self.seconds))
        if watched:  # a tool talks to what it watches through sockets, and seccomp does not tell those apart
            policy = replace(policy, watched=True, layers=tuple(layer for layer in LAYERS if layer != "seccomp"))
        return self.bench.run(task_of(entry, question), policy, exclusive)

    def compile(self, questions: tuple[CandidateQuestion, ...]) -> Outcome | None:
        """Where kernels are interpreted, what the compiler says of them."""
        if self.bench.compiler is None:
            return None
        policy = replace(COMPILE, wall_s=self.seconds, cpu_s=int(self.seconds))
        return self.bench.compile(task_of(COMPILING, CompileQuestion(questions)), policy)


@dataclass(frozen=True)
class Observed:
    """What the reference's task reported of one text."""

    report: ReferenceReport
    tensors: tuple[RawTensor, ...]
    cases: list[Case]
    robustness: tuple[Case, ...] = ()

    @property
    def too_large(self) -> bool:
        return bool(self.report.oversize)


def observe(trial: Trial, checks: Checks, plan: list[draws.Draw], limit: int | None = None) -> Judgement | Observed:
    """The reference on every draw, or on the first one only where that takes more than `limit` bytes."""
    outcome = trial.run(REFERENCE, _question(trial, (trial.reference,), 1, plan, limit), trial.reference_device)
    checks.layers = outcome.facts.layers or checks.layers
    if not outcome.ok:
        exhausted = outcome.status in EXHAUSTED or _out_of_memory(outcome.reason)
        return checks.failed(Reason.TOO_LARGE if exhausted else Reason.REFERENCE_FAILED, outcome.reason)
    try:
        report = parse(ReferenceAnswer, outcome.value).reports[0]
        if (refusal := report.refusal) is not None:
            exhausted = refusal.reason == Reason.REFERENCE_FAILED and _out_of_memory(refusal.detail)
            return checks.failed(Reason.TOO_LARGE if exhausted else refusal.reason, refusal.detail)
        return _observed(report, outcome.tensors)
    except (Malformed, IndexError) as error:
        return checks.failed(Reason.REFERENCE_FAILED, f"the answer has not the form of one: {error}")


def observe_some(
    trial: Trial, texts: list[str], enough: int, plan: list[draws.Draw], limit: int | None = None,
    kinds: tuple[Kind, ...] = (), even: bool = False, whole: bool = False,
) -> Iterator[tuple[str, Observed]]:  # fmt: skip
    """Of these texts of the reference, the first so many (of each kind) that run and are not too large, in one task."""
    question = replace(_question(trial, tuple(texts), enough, plan, limit), kinds=kinds, even=even, whole=whole)
    outcome = trial.run(REFERENCE, question, trial.reference_device)
    if not outcome.ok:
        return
    try:
        reports, tensors = parse(ReferenceAnswer, outcome.value).reports, outcome.tensors
        for text, report in zip(texts, reports, strict=False):
            own, tensors = tensors[: report.tensors], tensors[report.tensors :]
            if report.usable:
                yield text, _observed(report, own)
    except Malformed:
        return


def observe_arguments(
    trial: Trial, most: int, plan: list[draws.Draw], flags: bool = False
) -> list[tuple[str, Observed]]:
    """The reference with other arguments than given, one changed at a time, and which that is; or `flags` alone."""
    question = replace(_question(trial, (trial.reference,), most, plan, None), arguments=most, flags=flags)
    outcome = trial.run(REFERENCE, question, trial.reference_device)
    if not outcome.ok:
        return []
    try:
        found, tensors = [], outcome.tensors
        for report in parse(ReferenceAnswer, outcome.value).reports:
            own, tensors = tensors[: report.tensors], tensors[report.tensors :]
            if report.usable:
                found.append((report.changed, _observed(report, own)))
        return found
    except Malformed:
        return []


def _out_of_memory(said: str) -> bool:
    """torch has no type of error for it: CUDA's failed allocations, and those of libraries, say so in words alone."""
    return "memory" in said


def _question(
    trial: Trial, texts: tuple[str, ...], enough: int, plan: list[draws.Draw], limit: int | None
) -> ReferenceQuestion:
    return ReferenceQuestion(
        texts=texts, enough=enough, entry=trial.entry, seed=trial.seed, training=trial.training,
        gradients=trial.gradients, draws=tuple(plan), device=trial.reference_device,
        limit=LARGE[trial.reference_device] if limit is None else limit, protocol=trial.protocol,
    )  # fmt: skip


def _observed(report: ReferenceReport, raw: tuple[RawTensor, ...]) -> Observed:
    tensors = [tensor.torch() for tensor in raw]
    only_moves = expected.only_moves(report.operations)
    cases, apart = (
        [expected.case(draw, tensors, only_moves) for draw in drawn if draw]
        for drawn in (report.draws, report.robustness)
    )
    return Observed(report, raw, cases, tuple(apart))


def candidate_question(
    trial: Trial, observed: Observed, cases: list[Case], allowed: frozenset[str]
) -> CandidateQuestion:
    """Only what the candidate may know: no expected output is in it."""
    size = max(1, sum(tensor.nbytes for tensor in cases[0].inputs))
    fewest = max(draws.FEWEST, observed.report.fewest)
    kept = cases[: max(fewest, LARGEST // size)]  # the first ones have every kind
    asked = asked_with(
        trial, observed.report.init, (observed.report.state, observed.report.other_state),
        [DrawInputs(case.seed, case.packed_inputs, case.weights) for case in kept], observed.tensors, allowed,
        tuple(RobustDraw(case.kind, DrawInputs(case.seed, case.packed_inputs)) for case in observed.robustness),
    )  # fmt: skip
    return replace(asked, fewest=fewest)


def asked_with(
    trial: Trial, init: values.Packed, states: tuple[Any, Any], inputs: list[DrawInputs], raw: Sequence[RawTensor],
    allowed: frozenset[str], robustness: tuple[RobustDraw, ...] = (),
) -> CandidateQuestion:  # fmt: skip
    """Of the tensors in `raw`, those that are named go along, numbered anew."""
    wanted: dict[int, int] = {}
    init, state, other = (values.renumbered(one, wanted) for one in (init, *states))
    drawn = tuple(_renumbered(one, wanted) for one in inputs)
    apart = tuple(RobustDraw(one.label, _renumbered(one.inputs, wanted)) for one in robustness)
    return CandidateQuestion(
        text=trial.candidate, entry=trial.new_entry, seed=trial.seed, training=trial.training, device=trial.device,
        init=init, state=state, draws=drawn, allowed=tuple(sorted(allowed)),
        tensors=tuple(values.packed_tensor(raw[index]) for index in wanted), protocol=trial.protocol,
        other_state=other, robustness=apart,
    )  # fmt: skip


def _renumbered(draw: DrawInputs, wanted: dict[int, int]) -> DrawInputs:
    return replace(draw, inputs=values.renumbered(draw.inputs, wanted))
