"""Whether a kernel is being interpreted right now, in a place that needs no interpreter to ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Launching:
    inside: bool = False


LAUNCHING = Launching()
