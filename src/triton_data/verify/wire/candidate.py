"""The conversation with the candidate's task: what it is called with, and what it claims came of it.

In: questions; they hold weights and inputs, never an expected output. Out: one claim a question, until the process died
or the first one failed. Asked by judge/questions.py, answered by jailed/candidate.py; jailed/compiling.py,
cuda/clock.py and cuda/sanitized.py are given the same question. Not covered: whether a claim is true (compare/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triton_data.verify.reasons import Reason
from triton_data.verify.wire.values import Packed, PackedTensor


@dataclass(frozen=True, slots=True)
class DrawInputs:
    seed: int
    inputs: Packed
    weights: int = 0  # which set of weights the module has then


@dataclass(frozen=True, slots=True)
class RobustDraw:
    label: str
    inputs: DrawInputs


@dataclass(frozen=True, slots=True)
class CandidateQuestion:
    text: str
    entry: str
    seed: int
    training: bool
    device: str
    init: Packed  # the constructor's arguments; None where it makes its own
    state: Mapping[str, Packed]  # the reference's weights
    draws: tuple[DrawInputs, ...]
    tensors: tuple[PackedTensor, ...]  # of init, state and draws
    allowed: tuple[str, ...]  # what it may leave to torch
    idle: bool = False  # its kernels do nothing
    noncontiguous: bool = False  # the first draw once more, with other strides
    gradients: tuple[str, ...] | None = None  # those to compute; None: only the outputs
    watch_backward: bool = False  # what torch computes on the way back counts as the candidate's doing
    protocol: int = 1
    other_state: Mapping[str, Packed] = field(default_factory=dict)  # a second set of weights
    fewest: int = 5  # draws that are asked however slow it is
    finishing: bool = True  # last steps in torch have a budget; at other sizes than given they have none
    alone: bool = False  # where it goes wrong, those behind it are not asked
    robustness: tuple[RobustDraw, ...] = ()  # asked last; what comes of them is nobody's fault

    @property
    def nbytes(self) -> int:
        return sum(len(tensor.data) for tensor in self.tensors)


@dataclass(frozen=True, slots=True)
class CandidateQuestions:
    parts: tuple[CandidateQuestion, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    reason: Reason
    stage: str  # import, init, state or call
    error: str
    draw: int | None = None  # which, of those that it was called with


@dataclass(frozen=True, slots=True)
class Fault:
    """What was seen while it ran, and no number shows."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class DrawClaim:
    outputs: Packed  # None where there are none
    mutated: Mapping[str, Packed]  # place among the inputs' tensors -> what was written into it
    state: Mapping[str, Packed]  # weights that were written


@dataclass(frozen=True, slots=True)
class NoncontiguousClaim:
    """Also of a draw for robustness."""

    draw: DrawClaim
    failure: Failure | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class CandidateClaim:
    draws: tuple[DrawClaim, ...]
    again: DrawClaim | None  # the first draw, asked again
    noncontiguous: NoncontiguousClaim | None
    failure: Failure | None
    faults: tuple[Fault, ...]
    hints: tuple[str, ...]  # reads of memory that nobody wrote
    launches: Mapping[str, int]
    operations: Mapping[str, int]  # of torch, that depend on the inputs
    weights_matched: str  # how, where that was not by name
    atomics: bool
    accesses: int  # loads and stores
    robustness: tuple[NoncontiguousClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateAnswer:
    parts: tuple[Any, ...]  # encoded claims, so that one which cannot be read leaves the others
    tensors: tuple[int, ...]  # how many of the answer's belong to each
