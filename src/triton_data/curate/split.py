"""Train, validation or test: by where a text comes from and by what it is a copy of.

In: units (a repository, a package, a folder; or a text by itself where it has none) and groups of texts that must not
be on two sides. Out: a split for each text, or the news that it must stay out. A unit's split is a hash of the seed and
its name, so it never changes when data is added. A group takes the strictest side of its units (train, else
validation, else test), and its members from units of another side stay out: that is why nothing leaks, and why what
once was in train is never found in test later.
By clusters it is otherwise: a group goes to one side as a whole, and sides are filled in proportion. Groups too large
for a side are train's; the others fill test, then validation, in an order that the seed draws; a side that would stay
empty gets the smallest group there is. Known sides are kept here too.
Not covered: balance by repository. A run with few of them has lumpy splits, and one with a single one is all train.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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


def split_groups(
    units: Sequence[str], groups: Sequence[int], strata: Sequence[str], seed: int, percent: tuple[int, int],
    known: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    """A side for each unit, in proportion within each stratum. Rows of a unit are in one group."""
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    layers: dict[str, list[_Group]] = {}
    for rows in members.values():
        names = sorted({units[row] for row in rows})
        settled = [known[name] for name in names if name in known]
        made = _Group(tuple(names), len(rows), min(settled, key=SPLITS.index, default=""))
        layers.setdefault(strata[rows[0]], []).append(made)
    chosen: dict[str, str] = {}
    for layer in layers.values():
        for each, side in _filled(layer, seed, percent):
            chosen |= {name: known.get(name, side) for name in each.units}
    return chosen


@dataclass(frozen=True)
class _Group:
    units: tuple[str, ...]
    rows: int
    settled: str  # on which side it was before

    def drawn(self, seed: int) -> bytes:
        return hashlib.sha256(f"{seed}\0{self.units[0]}".encode("utf-8", "surrogatepass")).digest()


def _filled(groups: list[_Group], seed: int, percent: tuple[int, int]) -> Iterator[tuple[_Group, str]]:
    """Train keeps what no other side has room for."""
    total = sum(each.rows for each in groups)
    room = {TEST: total * percent[1] / 100, VALIDATION: total * percent[0] / 100}
    asked = {side for side, rows in room.items() if rows}
    for each in groups:
        if each.settled in room:
            room[each.settled] -= each.rows
    free = sorted((each for each in groups if not each.settled), key=lambda each: each.drawn(seed))
    sides = {each: _side(each, room) for each in free}
    taken = {*sides.values(), *(each.settled for each in groups)}
    for side in sorted(asked - taken, key=(TEST, VALIDATION).index):
        members = Counter(each.settled or sides[each] for each in groups)
        left = [each for each in free if members[sides[each]] > 1]
        if left:
            sides[min(left, key=lambda each: (sides[each] != TRAIN, each.rows))] = side
    yield from ((each, each.settled or sides[each]) for each in groups)


def _side(group: _Group, room: dict[str, float]) -> str:
    for side in (TEST, VALIDATION):
        if group.rows <= room[side]:
            room[side] -= group.rows
            return side
    return TRAIN


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
