"""What a user may choose about a rewrite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    autotune: bool = True  # False bakes the first configuration in
    suffix: str = "New"  # ModelNew for Model
    stop_after: str = ""  # the name of a transform: what comes after it is left out
