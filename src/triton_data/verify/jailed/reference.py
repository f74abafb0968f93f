"""What the jail runs for the reference: its inputs, weights and outputs, in its own type and in float64.

In: texts and draws. Out: for each text the packed weights, and for every draw the inputs, the outputs of two runs, the
outputs in float64, and what the program changed in its inputs and its state. Everything is a claim, but of the
reference: the candidate runs elsewhere. Not covered: what the numbers mean (compare/numbers.py).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats.program_form import arguments
from triton_data.jail.policy import Json
from triton_data.verify.draws import structure
from triton_data.verify.draws.draws import Draw, redrawn
from triton_data.verify.jailed import cuda_on_cpu, memory_estimate, module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.operations import Operations
from triton_data.verify.jailed.reference_calls import Refused, Runner, described
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.reference import (
    ReferenceAnswer,
    ReferenceDraw,
    ReferenceQuestion,
    ReferenceReport,
    Refusal,
)
from triton_data.verify.wire.task import question_in

MOST = 160 << 20  # bytes that one answer holds
TOO_LARGE_TO_TRY = 4  # times the limit of a draw: inputs and weights of more are not even made


@dataclass
class Reference:
    module: Any
    target: Any
    init: Any
    training: bool
    device: str
    structure: tuple[str, ...] = ()  # of the inputs' leaves

    def fresh(self, seed: int) -> Any:
        torch.manual_seed(seed)
        return self.on_device(subject.instantiated(self.target, self.init, self.training))

    def on_device(self, value: Any) -> Any:
        if self.device == "cpu":
            return value
        if hasattr(value, "to") and not isinstance(value, torch.Tensor):
            return value.to(self.device)
        return pytree.tree_map(lambda leaf: leaf.to(self.device) if isinstance(leaf, torch.Tensor) else leaf, value)

    def inputs(self, draw: Draw) -> Any:
        return redrawn(self.plain_inputs(draw.seed), draw, self.structure)

    def plain_inputs(self, seed: int) -> Any:
        torch.manual_seed(seed)
        return pytree.tree_map(_detached, arguments(self.module.get_inputs()))


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    """As many texts as must be tried until enough of them can be used."""
    chosen.take(payload)
    question = question_in(ReferenceQuestion, payload)
    reports: list[ReferenceReport] = []
    tensors: list[torch.Tensor] = []
    for text in question.texts:
        report, own = _report_on(text, question)
        reports.append(report)
        tensors += own
        usable = sum(one.usable for one in reports)
        if usable == question.enough or sum(tensor.nbytes for tensor in tensors) > MOST:
            break
    return encode(ReferenceAnswer(tuple(reports))), tensors


def _report_on(text: str, question: ReferenceQuestion) -> tuple[ReferenceReport, list[torch.Tensor]]:
    tensors: list[torch.Tensor] = []
    if (size := memory_estimate.of(text, question.entry)) > TOO_LARGE_TO_TRY * question.limit:
        return ReferenceReport(0, oversize=size), []
    try:
        with _device(question.device), torch.no_grad():
            report = _observed(text, question, tensors)
            return replace(report, tensors=len(tensors)), tensors
    except Refused as refused:
        return ReferenceReport(0, refusal=Refusal(refused.reason, str(refused))), []


@contextlib.contextmanager
def _device(name: str) -> Iterator[None]:
    if name == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # also where the jail has a GPU: nobody is to ask it anything
        cuda_on_cpu.install()
        with cuda_on_cpu.redirected():
            yield
    else:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        with cuda_on_cpu.Grouped():
            yield


def _observed(text: str, question: ReferenceQuestion, tensors: list[torch.Tensor]) -> ReferenceReport:
    reference = _loaded(text, question)
    reference.structure = structure.of_inputs(reference.plain_inputs(1001), reference.plain_inputs(1002))
    given = Draw("given", question.seed)
    instance = _with_varied_weights(reference, given, question.seed)
    weights = module_state.of(instance)
    init = _init(reference.init, tensors)
    state = {name: values.pack(tensor.detach().clone(), tensors) for name, tensor in weights.items()}
    initial = {name: tensor.detach().clone() for name, tensor in weights.items()}
    runner = Runner(reference, instance, initial, question.gradients)
    with Operations() as operations:
        runner.once(reference.on_device(reference.inputs(given)), question.seed)
    draws, oversize = _draws(runner, question, tensors)
    return ReferenceReport(0, None, oversize, init, state, tuple(operations.names()), tuple(draws))


def _draws(
    runner: Runner, question: ReferenceQuestion, tensors: list[torch.Tensor]
) -> tuple[list[ReferenceDraw | None], int]:
    """All of them, or the first one and its bytes, where those are more than the limit."""
    draws: list[ReferenceDraw | None] = []
    for place, draw in enumerate(question.draws):
        draws.append(observed := runner.draw(draw, tensors, place == 0))
        if place == 0 and observed is not None and observed.bytes > question.limit:
            return draws, observed.bytes
        if sum(tensor.nbytes for tensor in tensors) > MOST:
            break
    return draws, 0


def _loaded(text: str, question: ReferenceQuestion) -> Reference:
    torch.manual_seed(question.seed)
    try:
        module = subject.load(text, "reference")
        init = subject.arguments_of(module, "get_init_inputs")
        target = module.__dict__[question.entry]
        return Reference(module, target, init, question.training, question.device)
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, described(error)) from error


def _with_varied_weights(reference: Reference, given: Draw, seed: int) -> Any:
    """Weights that are all 1 or all 0 hide a kernel that forgets them, so they get numbers of their own, unless the
    program cannot run with those."""
    instance = reference.fresh(seed)
    try:
        plain = instance(*(args := reference.on_device(reference.inputs(given)))[0], **args[1])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, described(error)) from error
    varied = reference.fresh(seed)
    if not module_state.vary(varied, seed):
        return reference.fresh(seed)
    try:
        args = reference.on_device(reference.inputs(given))
        outputs = varied(*args[0], **args[1])
    except Exception:  # noqa: BLE001  it needs the weights that it has
        return reference.fresh(seed)
    worse = _broken(outputs) > _broken(plain)
    instance = reference.fresh(seed)
    return instance if worse else (module_state.vary(instance, seed), instance)[1]


def _broken(outputs: Any) -> int:
    floats = [t for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return sum(int((~t.isfinite()).sum()) for t in floats)


def _detached(leaf: Any) -> Any:
    return leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf


def _init(init: Any, tensors: list[torch.Tensor]) -> Any:
    """None where the constructor takes objects: then the candidate makes its own, which concern nobody else."""
    try:
        return values.pack(init, tensors, plain=True)
    except values.Unpackable:
        return None
