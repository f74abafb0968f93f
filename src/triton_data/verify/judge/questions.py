"""What a candidate is asked, one task of the jail a question, and how the answers are judged in their order.

In: a trial whose reference has been observed. Out: a Judgement at the first answer that is wrong, else None. On the CPU
each question is put when the one before has been answered; on CUDA all of them go to one task, because a process that
opens a GPU takes longer to start than most kernels take to run, and those that it did not answer are put again one by
one. Not covered: what the answers are compared with (compare/outputs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import torch

from triton_data.jail import Outcome
from triton_data.verify.bench.bench import DeviceLost
from triton_data.verify.compare import answer as answers
from triton_data.verify.compare.answer import Answer
from triton_data.verify.judge.entries import CANDIDATE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import LARGEST, Trial
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateAnswer, CandidateQuestion, CandidateQuestions
from triton_data.verify.wire.record import Malformed, Unreadable, parse

Response: TypeAlias = Answer | Unreadable | Judgement  # a Judgement where the task ended without an answer


@dataclass(frozen=True)
class Question:
    candidate: CandidateQuestion
    judge: Callable[[Response], Judgement | None]


def first_wrong(trial: Trial, questions: Iterator[Question], checks: Checks) -> Judgement | None:
    if trial.device == "cuda":
        return _at_once(trial, list(questions), checks)
    for batch in _batches(trial, questions):
        for question, response in _responses(trial, batch, checks):
            if found := question.judge(response):
                return replace(found, asked=question.candidate)
    return None


def _batches(trial: Trial, questions: Iterator[Question]) -> Iterator[list[Question]]:
    """In protocol 2 small questions of one kind go to one task; those that others wait for go alone."""
    waiting: list[Question] = []
    for question in questions:
        if trial.protocol > 1 and not question.candidate.finishing:
            waiting.append(question)
            continue
        if waiting:
            yield waiting
        waiting = []
        yield [question]
    if waiting:
        yield waiting


def _responses(trial: Trial, batch: list[Question], checks: Checks) -> Iterator[tuple[Question, Response]]:
    responses = _several(trial, [one.candidate for one in batch], checks) if len(batch) > 1 else []
    known = [] if isinstance(responses, Judgement) else responses
    for index, question in enumerate(batch):
        yield question, known[index] if index < len(known) else ask(trial, question.candidate, checks)


def _at_once(trial: Trial, questions: list[Question], checks: Checks) -> Judgement | None:
    responses = _several(trial, [question.candidate for question in questions], checks)
    if isinstance(responses, Judgement):
        return responses
    for index, question in enumerate(questions):
        response = responses[index] if index < len(responses) else ask(trial, question.candidate, checks)
        if isinstance(response, Judgement) and response.reason == Reason.DEVICE_FAILED:
            return response
        if found := question.judge(response):
            return replace(found, asked=question.candidate)
    return None


def _several(trial: Trial, questions: list[CandidateQuestion], checks: Checks) -> list[Answer | Unreadable] | Judgement:
    """As many answers as came back; the process may have died over the next question. Nothing is asked again of another
    GPU where this one was lost: whoever did it would take that one along too."""
    if sum(question.nbytes for question in questions) > 8 * LARGEST:
        return []
    outcome = trial.run(CANDIDATE, CandidateQuestions(tuple(questions)))
    if isinstance(outcome, DeviceLost):
        return checks.failed(Reason.DEVICE_FAILED, outcome.reason)
    read = _read(outcome) if outcome.ok else []
    return [] if isinstance(read, Unreadable) else read


def ask(trial: Trial, question: CandidateQuestion, checks: Checks) -> Response:
    """What the candidate's task claims, or how it ended without claiming anything."""
    if question.nbytes > 8 * LARGEST:
        return checks.failed(Reason.TOO_LARGE, "weights and inputs are too large to be copied for each draw")
    outcome = trial.run(CANDIDATE, CandidateQuestions((question,)))
    lethal = trial.device == "cuda" and question.robustness and not isinstance(outcome, DeviceLost)
    if not outcome.ok and lethal:
        return ask(trial, replace(question, robustness=()), checks)  # only labels hang on those: they end no verdict
    if not outcome.ok:
        return checks.failed(_reason(outcome), outcome.reason)
    read = _read(outcome)
    if isinstance(read, Unreadable):
        return read
    return read[0] if read else Unreadable("the answer has no part")


def _read(outcome: Outcome) -> list[Answer | Unreadable] | Unreadable:
    try:
        found = parse(CandidateAnswer, outcome.value)
    except Malformed as error:
        return Unreadable(f"the answer has not the form of one: {error}")
    tensors: list[torch.Tensor] = [tensor.torch() for tensor in outcome.tensors]
    if len(found.parts) != len(found.tensors) or min(found.tensors, default=0) < 0:
        return Unreadable("the answer has not the form of one: its parts are not those of its tensors")
    read: list[Answer | Unreadable] = []
    for part, count in zip(found.parts, found.tensors, strict=True):
        read.append(answers.read(part, tensors[:count]))
        tensors = tensors[count:]
    return read


def _reason(outcome: Outcome) -> Reason:
    if isinstance(outcome, DeviceLost):
        return Reason.DEVICE_FAILED
    if outcome.status == "timeout":
        return Reason.TIMEOUT
    if _touched_foreign_memory(outcome):
        return Reason.OUT_OF_BOUNDS
    return Reason.TAMPERING if outcome.status in ("forbidden", "bad_result") else Reason.CRASH


def _touched_foreign_memory(outcome: Outcome) -> bool:
    """A device says so late, when the answer is packed, and torch has no type of error for it."""
    return "illegal memory access" in outcome.reason
