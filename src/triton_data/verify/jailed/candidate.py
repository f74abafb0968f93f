"""What the jail runs for a candidate: its outputs, as bytes, and what it was seen to do.

In: questions: the text, the weights, the inputs of every draw; never an expected output. Out: the packed outputs,
inputs and weights afterwards, and the faults. All of it is a claim of a process with foreign code in it; what counts is
compared outside, and what the faults add is what cannot be seen in numbers.
"""

from __future__ import annotations

from typing import Any

import torch

from triton_data.jail.policy import Json
from triton_data.verify.draws.draws import FEWEST
from triton_data.verify.jailed.calls.caller import Caller
from triton_data.verify.jailed.calls.report import Report, faults_of
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.load_candidate import instance_of
from triton_data.verify.jailed.watch import Watch
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import (
    CandidateAnswer,
    CandidateClaim,
    CandidateQuestion,
    CandidateQuestions,
)
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.task import question_in

ACCESSES = 3_000  # loads and stores after which only the draws that must be done are done


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    """Each question with a module and a machine of its own; the others only where one that stands alone went well."""
    chosen.take(payload)
    claims: list[CandidateClaim] = []
    counts: list[int] = []
    tensors: list[torch.Tensor] = []
    for question in question_in(CandidateQuestions, payload).parts:
        claim, own = _answer(question)
        claims.append(claim)
        counts.append(len(own))
        tensors += own
        if question.alone and (claim.failure is not None or claim.faults):
            break
    return encode(CandidateAnswer(tuple(map(encode, claims)), tuple(counts))), tensors


def _answer(question: CandidateQuestion) -> tuple[CandidateClaim, list[torch.Tensor]]:
    machine = _machine(question.device)
    given = [values.unpacked_tensor(tensor) for tensor in question.tensors]
    tensors: list[torch.Tensor] = []
    report, memory = Report(), machine.memory
    watch = Watch(memory, frozenset(question.allowed), question.protocol > 1, question.finishing)
    with torch.no_grad(), machine.ready(), watch:
        instance = instance_of(question, given, report, machine)
        if report.failure is None:
            _call_all(Caller(instance, question, given, report, watch, machine, tensors), report)
    if report.failure is not None and report.failure.reason == Reason.OUT_OF_BOUNDS:
        report.draws, tensors, report.again = [], [], None  # they lie on a device that no longer answers
    return report.claim(faults_of(memory.faults), memory.hints), tensors


def _call_all(caller: Caller, report: Report) -> None:
    question, memory = caller.question, caller.watch.memory
    for index, draw in enumerate(question.draws):
        if not _another(index, report, question.fewest):
            break
        report.draws.append(caller.call(draw, index))
        if report.failure is not None or (memory.faults and not question.idle):
            break
    if len(report.draws) > 1 and report.failure is None and not memory.faults:
        report.again = caller.call(question.draws[0], 0)
        if question.protocol > 1 and not question.idle:
            caller.once_more()
        report.noncontiguous = caller.noncontiguous(question.draws[0]) if question.noncontiguous else None
        for robust in question.robustness if not memory.faults and report.failure is None else ():
            report.robustness.append(caller.apart(robust.inputs))
    if question.protocol > 1 and not question.idle and report.failure is None:
        caller.watch.check_origins()


def _machine(device: str) -> Any:
    if device == "cpu":
        from triton_data.verify.jailed.interpreter.machine import Interpreted

        return Interpreted()
    from triton_data.verify.jailed.cuda.machine import Compiled

    return Compiled()


def _another(index: int, report: Report, fewest: int) -> bool:
    """Long kernels are tried on fewer draws: as many as their number of accesses allows, so that it is repeatable."""
    return index < max(FEWEST, fewest) or report.accesses * (index + 1) / index <= ACCESSES
