"""What one question to a candidate has brought up so far.

In: claims, one after the other. Out: a `CandidateClaim`. Not covered: how they came about (caller.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateClaim, DrawClaim, Failure, Fault, NoncontiguousClaim


@dataclass
class Report:
    """Of one question, as it is being answered."""

    draws: list[DrawClaim] = field(default_factory=list)
    failure: Failure | None = None
    launches: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    weights_matched: str = ""  # how, where that was not by name
    atomics: bool = False
    accesses: int = 0
    placed: list[Any] = field(default_factory=list)  # the last draw's inputs
    again: DrawClaim | None = None
    noncontiguous: NoncontiguousClaim | None = None
    robustness: list[NoncontiguousClaim] = field(default_factory=list)

    def claim(self, faults: tuple[Fault, ...], hints: list[str]) -> CandidateClaim:
        return CandidateClaim(
            draws=tuple(self.draws), again=self.again, noncontiguous=self.noncontiguous, failure=self.failure,
            faults=faults, hints=tuple(hints), launches=dict(self.launches), operations=dict(self.operations),
            weights_matched=self.weights_matched, atomics=self.atomics, accesses=self.accesses,
            robustness=tuple(self.robustness),
        )  # fmt: skip


def faults_of(noted: list[tuple[str, str]]) -> tuple[Fault, ...]:
    return tuple(Fault(Reason(reason), detail) for reason, detail in noted)
