"""The conversation with the clock: milliseconds of each repetition, and what the device can do at all.

In: a question as for a candidate, with one draw, and what to time. Out: times, and for the reference the work that it
is. Asked by judge/timing.py, answered by jailed/cuda/clock.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triton_data.verify.wire.candidate import CandidateQuestion


@dataclass(frozen=True, slots=True)
class ClockQuestion:
    program: CandidateQuestion  # or the reference, in its form
    measure: tuple[str, ...]  # eager, compile, max-autotune, candidate


@dataclass(frozen=True, slots=True)
class Roofline:
    bytes: int  # to be read and written once
    flops: int
    bytes_per_ms: float  # of the device at its best
    flops_per_ms: float

    @property
    def possible(self) -> bool:
        return self.bytes_per_ms > 0 and self.flops_per_ms > 0


@dataclass(frozen=True, slots=True)
class ClockAnswer:
    times: Mapping[str, tuple[float, ...]]  # ms of each repetition
    roofline: Roofline | None = None  # where eager was timed
