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

from triton_data.records import Drop
from triton_data.verify.bench.bench import Bench
from triton_data.verify.draws import draws
from triton_data.verify.jailed.watch import ANYTHING
from triton_data.verify.judge.behaviour import Behaviour
from triton_data.verify.judge.entries import KERNEL_INPUTS
from triton_data.verify.judge.judgement import PROTOCOL, Checks, Judgement
from triton_data.verify.judge.pair import compiles, one_thread
from triton_data.verify.judge.questions import Answer, Question, answered
from triton_data.verify.judge.trial import BIG, SECONDS_OF, Trial
from triton_data.verify.reading import resize
from triton_data.verify.reading.launch_entry import Entry, entry_of
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

SHARE = 16  # of what is not large a smaller size takes one part: interpreting takes longer than drawing
SIZES, TRIED = 2, 6  # other sizes to ask about, and how many to draw inputs for


@dataclass(frozen=True)
class _Inputs:
    text: str
    draws: list[Any]  # packed
    raw: list[Any]

    @property
    def first(self) -> Any:
        return values.unpack(self.draws[0], [tensor.torch() for tensor in self.raw])


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
    checks.say("protocol", PROTOCOL)
    checks.say("device", device)
    entry = entry_of(text, name)
    if isinstance(entry, Drop):
        return checks.failed(entry.reason, entry.detail)
    checks.say("launcher", entry.name)
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
    limit = BIG[trial.device]
    found = _drawn(trial, {trial.candidate: limit, **dict.fromkeys(smaller, limit // SHARE)}, 1, plan, checks)
    if isinstance(found, Judgement):
        return found
    for inputs in found:
        if inputs.text in smaller:
            checks.say("sizes", f"smaller than given: {smaller[inputs.text]}")
        return inputs
    return checks.failed(Reason.TOO_LARGE, "inputs are too large to be copied for each draw, and stay so")


def _drawn(
    trial: Trial, texts: dict[str, int], enough: int, plan: list[draws.Draw], checks: Checks
) -> list[_Inputs] | Judgement:
    """`texts` with the bytes that their inputs may have."""
    payload = {
        "texts": [list(each) for each in texts.items()], "enough": enough,
        "draws": [{"kind": draw.kind, "seed": draw.seed} for draw in plan],
    }  # fmt: skip
    outcome = trial.run(KERNEL_INPUTS, payload, "cpu")
    checks.layers = outcome.facts.layers or checks.layers
    if not outcome.ok or not isinstance(outcome.value, dict):
        return checks.failed(Reason.REFERENCE_FAILED, f"get_inputs(): {outcome.reason}")
    heads, raw = outcome.value["heads"], list(outcome.tensors)
    if "refused" in heads[0]:
        return checks.failed(heads[0]["refused"], heads[0]["detail"])
    return [_Inputs(t, head["draws"], raw) for t, head in zip(texts, heads, strict=False) if "draws" in head]


def _judged(trial: Trial, entry: Entry, kernel: str, inputs: _Inputs, checks: Checks) -> Judgement:
    payload = _payload(trial, inputs, len(inputs.draws)) | {"strided": trial.device == "cpu"}
    judge = Behaviour(entry, kernel, inputs.first, checks)
    questions = [Question(payload, judge.whole), Question(_payload(trial, inputs, 1) | {"idle": True}, judge.idle)]
    sizes = _Sizes(checks)
    found = answered(trial, iter([*questions, *sizes.questions(trial)]), checks) or compiles(trial, [payload], checks)
    detail = "clean in every check that needs none; nothing says what it should compute"
    return found or checks.failed(Reason.NO_REFERENCE, detail)


@dataclass
class _Sizes:
    """What becomes of it at sizes that no block divides. It is said and no reason: they may not be meant."""

    checks: Checks
    found: list[str] = field(default_factory=list)

    def questions(self, trial: Trial) -> Iterator[Question]:
        sizes = {resized.text: str(resized) for resized in islice(resize.varied(trial.candidate), TRIED)}
        self.checks.say("other sizes", "none that inputs are drawn at")
        plan = [draws.Draw("given", trial.seed + 11)]
        limits = dict.fromkeys(sizes, BIG[trial.device])
        drawn = _drawn(trial, limits, SIZES, plan, Checks()) if sizes else []
        for inputs in [] if isinstance(drawn, Judgement) else drawn:
            yield Question(_payload(trial, inputs, 1), partial(self._judge, sizes[inputs.text]))

    def _judge(self, size: str, answer: Answer) -> None:
        self.found.append(f"{_met(answer)} at {size}")
        self.checks.say("other sizes", "; ".join(self.found))


def _met(answer: Answer) -> str:
    if isinstance(answer, Judgement):
        return str(answer.reason)
    faults = [reason for reason, _ in answer.faults if reason != Reason.TORCH_FALLBACK]
    if faults:
        return faults[0]
    return "refused" if answer.value.get("failed") else "clean"


def _payload(trial: Trial, inputs: _Inputs, count: int) -> dict[str, Any]:
    wanted: dict[int, int] = {}
    packed = [{"seed": trial.seed, "inputs": values.renumbered(spec, wanted)} for spec in inputs.draws[:count]]
    return {
        "init": values.pack(((), {}), []), "state": {}, "draws": packed, "text": trial.candidate,
        "entry": trial.new_entry, "seed": trial.seed, "training": False, "allowed": [ANYTHING], "idle": False,
        "device": trial.device, "tensors": [values.to_payload(inputs.raw[index]) for index in wanted],
    }  # fmt: skip
