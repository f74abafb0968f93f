"""Train, validation or test: by where a text comes from and by what it is a copy of.

In: units (a repository, a package, a folder; or a text by itself where it has none) and groups of texts that must not
be on two sides. Out: a split for each text, or the news that it must stay out. A unit's split is a hash of the seed and
its name, so it never changes when data is added. A group takes the strictest side of its units (train, else
validation, else test), and its members from units of another side stay out: that is why nothing leaks, and why what
once was in train is never found in test later.
Not covered: balance. A run with few repositories has lumpy splits, and one with a single one is all train.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

TRAIN, VALIDATION, TEST = SPLITS = "train", "validation", "test"


def unit_split(unit: str, seed: int, percent: tuple[int, int]) -> str:
    """`percent` is what validation and test get."""
    number = int.from_bytes(hashlib.sha256(f"{seed}\0{unit}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
    place = number % 10_000 / 100
    if place < percent[1]:
        return TEST
    return VALIDATION if place < percent[0] + percent[1] else TRAIN


def split_units(units: Sequence[str], seed: int, percent: tuple[int, int], known: Mapping[str, str]) -> dict[str, str]:
    """What a run decided once for a unit stays; one unit alone is all train."""
    names = sorted(set(units))
    chosen = {name: known.get(name) or unit_split(name, seed, percent) for name in names}
    if len(names) == 1 and names[0] not in known:
        chosen[names[0]] = TRAIN
    return chosen


def assign(units: Sequence[str], groups: Sequence[int], splits: Mapping[str, str]) -> list[tuple[str, bool]]:
    """For each text its group's split, and whether its own unit is on that side."""
    strictest: dict[int, int] = {}
    for unit, group in zip(units, groups, strict=True):
        side = SPLITS.index(splits[unit])
        strictest[group] = min(strictest.get(group, side), side)
    return [
        (SPLITS[strictest[group]], splits[unit] == SPLITS[strictest[group]])
        for unit, group in zip(units, groups, strict=True)
    ]
