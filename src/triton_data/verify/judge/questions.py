"""What a candidate is asked, one task of the jail a question, and how the answers are judged in their order.

In: a trial whose reference has been seen. Out: a Judgement at the first answer that is wrong, else None. On the CPU
each question is put when the one before has been answered; on CUDA all of them go to one task, because a process that
opens a GPU takes longer to start than most kernels take to run, and those that it did not answer are put again one by
one. Not covered: what the answers are compared with (compare/outputs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from triton_data.jail import Outcome
from triton_data.verify.bench.bench import UNANSWERED
from triton_data.verify.compare import outputs
from triton_data.verify.judge.entries import CANDIDATE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import LARGEST, Trial
from triton_data.verify.reasons import Reason

Answer: TypeAlias = outputs.Told | Judgement


@dataclass(frozen=True)
class Question:
    payload: dict[str, Any]
    judge: Callable[[Answer], Judgement | None]


def answered(trial: Trial, questions: Iterator[Question], checks: Checks) -> Judgement | None:
    if trial.device == "cuda":
        return _at_once(trial, list(questions), checks)
    for question in questions:
        if found := question.judge(ask(trial, question.payload, checks)):
            return found
    return None


def _at_once(trial: Trial, questions: list[Question], checks: Checks) -> Judgement | None:
    told = _several(trial, [question.payload for question in questions], checks)
    if isinstance(told, Judgement):
        return told
    for index, question in enumerate(questions):
        answer = told[index] if index < len(told) else ask(trial, question.payload, checks)
        if isinstance(answer, Judgement) and answer.reason == Reason.DEVICE_FAILED:
            return answer
        if found := question.judge(answer):
            return found
    return None


def _several(trial: Trial, payloads: list[dict[str, Any]], checks: Checks) -> list[outputs.Told] | Judgement:
    """As many answers as came back in the form of some; the process may have died over the next question. Nothing is
    asked again of another GPU where this one was lost: whoever did it would take that one along too."""
    if sum(_size(payload) for payload in payloads) > 8 * LARGEST:
        return []
    outcome = trial.run(CANDIDATE, {"parts": payloads})
    if _reason(outcome) == Reason.DEVICE_FAILED:
        return checks.failed(Reason.DEVICE_FAILED, outcome.reason)
    if not outcome.ok or not isinstance(outcome.value, dict):
        return []
    tensors, told = [tensor.torch() for tensor in outcome.tensors], []
    parts, counts = outcome.value.get("parts"), outcome.value.get("tensors")
    if not isinstance(parts, list) or not isinstance(counts, list) or len(parts) != len(counts):
        return []
    for part, count in zip(parts, counts, strict=True):
        if not isinstance(part, dict) or not isinstance(count, int) or not 0 <= count <= len(tensors):
            return []
        told.append(outputs.Told(part, tensors[:count]))
        tensors = tensors[count:]
    return told


def ask(trial: Trial, payload: dict[str, Any], checks: Checks) -> Answer:
    """What the candidate's task claims, or how it ended without claiming anything."""
    if _size(payload) > 8 * LARGEST:
        return checks.failed(Reason.TOO_LARGE, "weights and inputs are too large to be copied for each draw")
    outcome = trial.run(CANDIDATE, payload)
    if outcome.ok and isinstance(outcome.value, dict):
        return outputs.Told(outcome.value, [tensor.torch() for tensor in outcome.tensors])
    return checks.failed(_reason(outcome), outcome.reason)


def _reason(outcome: Outcome) -> Reason:
    if outcome.reason.startswith(UNANSWERED):
        return Reason.DEVICE_FAILED
    if outcome.status == "timeout":
        return Reason.TIMEOUT
    if "illegal memory access" in outcome.reason:  # a device says so late, and then nothing more
        return Reason.OUT_OF_BOUNDS
    return Reason.TAMPERING if outcome.status in ("forbidden", "bad_result") else Reason.CRASH


def _size(payload: dict[str, Any]) -> int:
    return sum(len(tensor["data"]) for tensor in payload["tensors"])
