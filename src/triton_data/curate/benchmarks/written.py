"""Expressions as text, and whether one is inside another.

In: the expressions of a program's outputs. Out: text such as `[["input",0],["relu",0]]`, each line naming those before
it; and for two such texts whether the second computes the first as a part, from whatever it makes before.
Not covered: programs of more than LARGEST operators, which are written as ''.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from triton_data.curate.benchmarks import algebra
from triton_data.curate.benchmarks.algebra import COMMUTE, LIGHT, Node

LARGEST = 400  # operators
TELLING = 4
_STEPS = 20_000  # comparisons that one search may take


def packed(roots: list[Node]) -> str:
    found = algebra.nodes(roots)
    if not found or len(found) > LARGEST:
        return ""
    place = {each: number for number, each in enumerate(found)}
    lines: list[list[object]] = [
        [each.name, *(each.extra if each.name == "input" else (place[child] for child in each.of))] for each in found
    ]
    return json.dumps([lines, [place[root] for root in roots]], separators=(",", ":"))


@dataclass(frozen=True)
class Written:
    nodes: tuple[tuple[str, tuple[int, ...]], ...]
    roots: tuple[int, ...]

    @classmethod
    def read(cls, text: str) -> Written | None:
        """None of nothing, and of what is not ours."""
        try:
            lines, roots = json.loads(text) if text else ([], [])
            made = cls(tuple((str(name), tuple(map(int, of))) for name, *of in lines), tuple(map(int, roots)))
        except (ValueError, TypeError):
            return None
        sound = all(
            0 <= child < number for number, (name, of) in enumerate(made.nodes) if name != "input" for child in of
        )
        return made if made.nodes and sound and all(0 <= root < len(made.nodes) for root in made.roots) else None

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.nodes if name not in ("input", "const"))

    @cached_property
    def by_name(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for number, (name, _) in enumerate(self.nodes):
            found[name] = (*found.get(name, ()), number)
        return found

    def tells(self) -> bool:
        """A product of two things that are computed counts twice. Less than this, a layer and its activation, is in
        everything."""
        const = {number for number, (name, _) in enumerate(self.nodes) if name == "const"}
        heavy = [2 if name == "mm" and const.isdisjoint(of) else 1 for name, of in self.nodes if name not in LIGHT]
        return sum(heavy) >= TELLING


def holds(whole: Written, part: Written) -> bool:
    """Each output of `part` stands somewhere in `whole`; its inputs may be anything that is not known from the start. A
    factor on top of an output may have gone through what follows."""
    search = _Search(whole, part)
    roots = (of[0] if name == "scale" else root for root in part.roots for name, of in [part.nodes[root]])
    return part.names <= whole.names | {"scale"} and search.outputs(tuple(roots), {})


@dataclass
class _Search:
    whole: Written
    part: Written
    steps: int = 0

    def outputs(self, roots: tuple[int, ...], bound: dict[int, int]) -> bool:
        if not roots:
            return True
        name = self.part.nodes[roots[0]][0]
        return any(
            self.outputs(roots[1:], found)
            for place in self.whole.by_name.get(name, ())
            for found in self._at(roots[0], place, bound)
        )

    def _at(self, part: int, place: int, bound: dict[int, int]) -> Iterator[dict[int, int]]:
        """The ways to read `part` into what stands at `place`."""
        self.steps += 1
        if self.steps > _STEPS:
            return
        name, of = self.part.nodes[part]
        other, there = self.whole.nodes[place]
        if name == "input":
            if other != "const" and bound.get(of[0], place) == place:
                yield {**bound, of[0]: place}
        elif name == other:
            yield from self._several(of, there, bound, name in COMMUTE)

    def _several(
        self, of: tuple[int, ...], there: tuple[int, ...], bound: dict[int, int], any_order: bool
    ) -> Iterator[dict[int, int]]:
        if not of:
            if any_order or not there:
                yield bound
            return
        tried: Iterable[int] = range(len(there)) if any_order else range(min(1, len(there)))
        for number in tried:
            for found in self._at(of[0], there[number], bound):
                yield from self._several(of[1:], there[:number] + there[number + 1 :], found, any_order)
