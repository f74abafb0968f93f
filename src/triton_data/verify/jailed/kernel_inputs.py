"""What the jail runs for a kernel that stands alone: its inputs, for every draw. It is not called here.

In: texts that have a `get_inputs()`. Out: for each text the packed inputs of its draws, or
why there are none. Not covered: what the kernel makes of them (candidate.py).
"""

from __future__ import annotations

import os

import torch
from torch.utils import _pytree as pytree

from triton_data.jail.policy import Json
from triton_data.verify.draws import structure
from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import cuda_on_cpu
from triton_data.verify.jailed.calls.reference_program import Reference
from triton_data.verify.jailed.calls.runner import Refused, described, packed
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.kernel_inputs import (
    KernelInputsAnswer,
    KernelInputsQuestion,
    KernelInputsReport,
    KernelText,
)
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.reference import Refusal
from triton_data.verify.wire.task import question_in


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    """The first so many texts whose inputs are not larger than each may have."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # inputs are made on the CPU, whatever the kernel then runs on
    cuda_on_cpu.install()
    question = question_in(KernelInputsQuestion, payload)
    reports: list[KernelInputsReport] = []
    tensors: list[torch.Tensor] = []
    for text in question.texts:
        mark = len(tensors)
        try:
            with cuda_on_cpu.redirected(), torch.no_grad():
                reports.append(KernelInputsReport(draws=_packed(text, question.draws, tensors)))
        except Refused as refused:
            reports.append(KernelInputsReport(Refusal(refused.reason, str(refused))))
        if not reports[-1].draws:
            del tensors[mark:]
        if sum(bool(report.draws) for report in reports) == question.enough:
            break
    return encode(KernelInputsAnswer(tuple(reports))), tensors


def _packed(text: KernelText, plan: tuple[Draw, ...], tensors: list[torch.Tensor]) -> tuple[values.Packed, ...]:
    """None where they are larger than they may be."""
    try:
        source = Reference(subject.load(text.text, "alone"), None, None, False, "cpu")
        source.structure = structure.of_inputs(source.plain_inputs(1001), source.plain_inputs(1002))
        of_draws = [source.inputs(draw) for draw in plan]
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, f"get_inputs(): {described(error)}") from error
    leaves = pytree.tree_leaves(of_draws[:1])
    if sum(leaf.nbytes for leaf in leaves if isinstance(leaf, torch.Tensor)) > text.limit:
        return ()
    return tuple(packed(inputs, tensors, Reason.UNSUPPORTED_INPUTS) for inputs in of_draws)
