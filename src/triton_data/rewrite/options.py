"""What a user may choose about a rewrite."""

from __future__ import annotations

from dataclasses import dataclass

# The transforms of rewrite.py in their order; `stop_after` takes one of them.
STEPS = ("sizes", "copies", "masks", "casts", "broadcasts", "constants", "dead", "fold", "spelling")


@dataclass(frozen=True)
class Options:
    autotune: bool = True  # False bakes the first configuration in
    suffix: str = "New"  # ModelNew for Model
    stop_after: str = ""  # the name of a transform: what comes after it is left out
