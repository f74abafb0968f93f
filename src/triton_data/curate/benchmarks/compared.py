"""Whether two programs gave the same numbers on the same inputs, as far as both were run.

In: what observed.py wrote of each. Out: the same, different, or unknown. Numbers that agree speak for a likeness only
where they say something; numbers that differ speak against one, and more so where the weights have the same shapes.
Not covered: running anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

DRAWS = 2  # of positive numbers without biases; of signed ones with them (canonical.py)
TOLERANCE = 2e-4  # of what is projected, in single precision
_NOTHING = 1e-6


class Said(Enum):
    SAME = "same"
    OTHER = "other"
    OTHER_WITH_EQUAL_WEIGHTS = "other with equal weights"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Output:
    count: int
    size: float
    width: float
    projections: tuple[float, ...]

    def like(self, other: Output) -> bool:
        near = TOLERANCE * max(self.size, other.size) + _NOTHING
        pairs = zip((self.size, *self.projections), (other.size, *other.projections), strict=True)
        return self.count == other.count and all(abs(one - two) <= near for one, two in pairs)

    @property
    def tells(self) -> bool:
        """All nothing, all one, or all the same is what many come to."""
        if self.count == 1:
            return min(abs(self.size), abs(self.size - 1)) > _NOTHING
        return self.width > TOLERANCE * self.size and self.size > _NOTHING


Draw = tuple[Output, ...] | None


@dataclass(frozen=True)
class Ran:
    shapes: str  # of what went in
    weights: str  # their shapes
    biases: int  # how many of them
    draws: tuple[Draw, ...]

    @property
    def place(self) -> tuple[str, tuple[int, ...]]:
        """Those that can be the same have this in common."""
        return self.shapes, next((tuple(each.count for each in draw) for draw in self.draws if draw), ())


@dataclass(frozen=True)
class Observed:
    few: bool  # too little is computed to be the same at other sizes
    given: str  # shapes that it is written for
    runs: tuple[Ran, ...]

    @classmethod
    def read(cls, text: str) -> Observed | None:
        """None of nothing, and of what is not ours."""
        try:
            few, given, runs = json.loads(text) if text else (1, "", [])
            made = tuple(_ran(*run) for run in runs)
            if any(len(run.draws) != DRAWS for run in made):
                return None
        except (ValueError, TypeError):
            return None
        return cls(bool(few), str(given), made) if made else None


def _ran(shapes: object, weights: object, biases: int, draws: list[object]) -> Ran:
    return Ran(str(shapes), str(weights), int(biases), tuple(map(_draw, draws)))


def _draw(values: object) -> Draw:
    if not isinstance(values, list):
        return None
    return tuple(
        Output(int(count), float(size), float(width), tuple(map(float, rest))) for count, size, width, *rest in values
    )


def compared(one: Observed, other: Observed) -> Said:
    """By the first size that both were run at."""
    for mine in one.runs:
        for theirs in other.runs:
            if mine.shapes == theirs.shapes:
                said = _said(mine, theirs)
                little = (one.few or other.few) and one.given != other.given
                return Said.UNKNOWN if said is Said.SAME and little else said
    return Said.UNKNOWN


def _said(one: Ran, other: Ran) -> Said:
    positive, signed = (
        None if mine is None or theirs is None else _like(mine, theirs)
        for mine, theirs in zip(one.draws, other.draws, strict=True)
    )
    if signed or (positive and (signed is None or _joined(one.biases, other.biases))):
        # Without biases a norm over one number is nothing: what is left with them are the biases alone.
        tells = all(any(output.tells for output in draw) for draw in one.draws if draw is not None)
        return Said.SAME if tells else Said.UNKNOWN
    if signed is None:  # and what is called a bias may be called otherwise elsewhere
        return Said.UNKNOWN
    equal = (one.weights, one.biases) == (other.weights, other.biases)
    return Said.OTHER_WITH_EQUAL_WEIGHTS if equal else Said.OTHER


def _joined(one: int, other: int) -> bool:
    """Two biases that are added are as good as one, so only the draw without any can tell."""
    return one != other and min(one, other) > 0


def _like(one: Draw, other: Draw) -> bool:
    assert one is not None and other is not None
    return len(one) == len(other) and all(mine.like(theirs) for mine, theirs in zip(one, other, strict=True))
