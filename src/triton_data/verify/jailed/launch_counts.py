"""What is known of the launches of one call, in a place that needs neither an interpreter nor a device."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Launching:
    inside: bool = False
    numbers: list[str] = field(default_factory=list)  # floats that kernels were given in this call
    integers: list[int] = field(default_factory=list)


LAUNCHING = Launching()
