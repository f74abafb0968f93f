"""A candidate's claim as values to compare: opened once, where it enters, so that nothing behind can stumble over it.

In: the JSON and the tensors of one part of an answer. Out: an `Answer`, or `Unreadable` where it has not the form of
one. Not covered: whether it is right (outputs.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.jail.policy import Json
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateClaim, DrawClaim, Failure, Fault, NoncontiguousClaim
from triton_data.verify.wire.record import Malformed, Unreadable, parse

MOST_TELLING = (Reason.OUT_OF_BOUNDS, Reason.TAMPERING, Reason.TORCH_FALLBACK, Reason.RACE, Reason.UNINITIALISED_READ)
NOT_CALLED = ("import", "init", "state")  # stages of a failure before the first call


@dataclass(frozen=True)
class DrawAnswer:
    outputs: Any  # None where there are none
    mutated: Mapping[str, torch.Tensor]  # place among the inputs' tensors -> what was written into it
    state: Mapping[str, torch.Tensor]  # weights that were written


@dataclass(frozen=True)
class NoncontiguousAnswer:
    draw: DrawAnswer
    failure: Failure | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Answer:
    draws: tuple[DrawAnswer, ...]
    again: DrawAnswer | None
    noncontiguous: NoncontiguousAnswer | None
    failure: Failure | None
    faults: tuple[Fault, ...]  # the most telling first
    hints: tuple[str, ...]
    launches: Mapping[str, int]
    operations: Mapping[str, int]
    weights_matched: str
    atomics: bool
    accesses: int
    robustness: tuple[NoncontiguousAnswer, ...] = ()


def read(claim: Json, tensors: list[torch.Tensor]) -> Answer | Unreadable:
    try:
        return _opened(parse(CandidateClaim, claim), tensors)
    except Malformed as error:
        return Unreadable(f"the answer has not the form of one: {error}")


def _opened(claim: CandidateClaim, tensors: list[torch.Tensor]) -> Answer:
    return Answer(
        draws=tuple(_draw(one, tensors) for one in claim.draws),
        again=None if claim.again is None else _draw(claim.again, tensors),
        noncontiguous=None if claim.noncontiguous is None else _noncontiguous(claim.noncontiguous, tensors),
        failure=claim.failure,
        faults=tuple(sorted(claim.faults, key=_rank)),
        hints=claim.hints,
        launches=claim.launches,
        operations=claim.operations,
        weights_matched=claim.weights_matched,
        atomics=claim.atomics,
        accesses=claim.accesses,
        robustness=tuple(_noncontiguous(one, tensors) for one in claim.robustness),
    )


def _draw(claim: DrawClaim, tensors: list[torch.Tensor]) -> DrawAnswer:
    outputs = values.unpack_claim(claim.outputs, tensors, "outputs")
    mutated = values.unpack_tensors(claim.mutated, tensors, "input")
    return DrawAnswer(outputs, mutated, values.unpack_tensors(claim.state, tensors, "weight"))


def _noncontiguous(claim: NoncontiguousClaim, tensors: list[torch.Tensor]) -> NoncontiguousAnswer:
    return NoncontiguousAnswer(_draw(claim.draw, tensors), claim.failure, claim.faults)


def _rank(fault: Fault) -> int:
    return next((index for index, known in enumerate(MOST_TELLING) if known == fault.reason), len(MOST_TELLING))
