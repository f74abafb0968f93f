"""The conversation with compute-sanitizer: how many errors a tool counted, and what it reported.

In: a question as for a candidate, with one draw, and a tool. Out: a number, or None where it could not be asked. Asked
by judge/sanitizer.py, answered by jailed/cuda/sanitized.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.verify.wire.candidate import CandidateQuestion


@dataclass(frozen=True, slots=True)
class SanitizerQuestion:
    candidate: CandidateQuestion
    program: str  # where the tool lies
    tool: str


@dataclass(frozen=True, slots=True)
class SanitizerAnswer:
    errors: int | None
    report: str
