"""The ways in which a judge varies the sizes of a program: all of them, each, each place of one, and to many.

In: a text in KernelBench's form. Out: texts with what was changed, each of a kind; of every kind a few that run are
enough, and those named first are wanted most. Nothing is executed. Not covered: sizes that are computed, or read from
objects; which of them are sizes at all is found by running the reference.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triton_data.formats import resize
from triton_data.formats.program_form import INPUTS
from triton_data.formats.resize import Resized

MANY = (65_537, 16_411, 4099, 1031)  # more than usual blocks and grids take
WIDER, WIDEST = 10_000, 40_000  # numbers above which only larger sizes are tried, from SOME and WIDE on
MANY_OF, SOME, WIDE = 3, 32, 500  # how many of the sizes, and from which on the larger numbers are tried
FEW = 3  # what the other sizes are then, or what they are if that is less
VALUES = 4  # distinct sizes that are looked at on their own
PLACES = 5  # that name one size, of which parts are changed
RATIOS = 3  # of two sizes, that are changed
APART = 6  # parts that are enough: of a product of square matrices three can be changed alone, and more together


@dataclass(frozen=True, slots=True)
class Varied:
    """One way to vary a size, and of which kind; so many of the kind that run are enough."""

    kind: str
    resized: Resized
    enough: int = 1
    unless: str = ""  # a kind that says as much, where one of it runs
    places: tuple[int, ...] = ()  # of those that name the size, which are changed


def plan(text: str) -> Iterator[Varied]:
    found = resize.literals(text)
    by_value: dict[int, list[ast.Constant]] = {}
    for node, value in found:
        if value > 2:  # two of something, as the parts of a complex number, are no size
            by_value.setdefault(value, []).append(node)
    values = sorted(by_value, reverse=True)
    if not values:
        return
    for less in (1, 2):
        fewer = {v: v - less for v in values if v > 4} or {values[0]: 2}
        yield Varied("all smaller", resize.with_sizes(text, found, fewer))
    for larger in _LARGER:
        yield Varied("all larger", resize.with_sizes(text, found, {v: larger(v) for v in values}))
    for value in values[:VALUES]:
        for new in dict.fromkeys((_LARGER[0](value), value + 1, *(larger(value) for larger in _LARGER))):
            yield Varied(f"{value} larger", resize.with_sizes(text, found, {value: new}), unless="all larger")
    for less, value in itertools.product((1, 2), values):
        if value > less:
            smaller = resize.with_sizes(text, found, {value: value - less})
            yield Varied("smaller", smaller, 2, unless="all smaller")
    yield from _apart(text)
    yield from _ratios(text, found)
    for new in (1, 2):  # as a rule the batch; one column means something else to many programs
        if new != values[-1]:
            yield Varied("one", resize.with_sizes(text, found, {values[-1]: new}), 2)
    yield from _many(text, found, values[:VALUES])


_LARGER: tuple[Callable[[int], int], ...] = (
    lambda size: 2 * size + 3,  # odd, and past every power of two that the size just fits
    lambda size: 2 * size + 4,  # for what is cut into halves
    lambda size: 3 * size,  # for what is cut into parts of any other number
    lambda size: 2 * size,
)


def _ratios(text: str, found: list[tuple[ast.Constant, int]]) -> Iterator[Varied]:
    """Another multiple of a size that one is a multiple of, as heads are of groups: all larger keep what they were."""
    values = sorted({value for _, value in found})
    for large, small in ((a, b) for a in values for b in values if a > b and a % b == 0):
        for new in (large + small, 2 * large):
            yield Varied("ratio", resize.with_sizes(text, found, {large: new}), RATIOS)


def _apart(text: str) -> Iterator[Varied]:
    """Each place that names a size on its own, then several but not all."""
    bounds = resize.bounds(text)
    by_value: dict[int, list[ast.expr]] = {}
    for place, value in _places(text):
        by_value.setdefault(value, []).append(place)
    several = sorted((item for item in by_value.items() if item[0] > 2 and len(item[1]) > 1), key=lambda i: -len(i[1]))
    for value, places in several[:VALUES]:
        for part in _parts(places[:PLACES]):
            at = tuple(places.index(place) for place in part)
            for new in (value + 3, value - 1)[: 1 if {value, value + 1} & bounds else 2]:
                yield Varied(f"{value} apart", replaced(text, part, value, new), APART, places=at)
        for part in _parts(places[:PLACES]):  # what is divided into heads or patches takes no odd size
            at = tuple(places.index(place) for place in part)
            double = replaced(text, part, value, 2 * value)
            yield Varied(f"{value} doubled", double, APART // 2, f"{value} apart", at)


def _parts(places: list[ast.expr]) -> Iterator[tuple[ast.expr, ...]]:
    for count in range(1, len(places)):
        yield from itertools.combinations(places, count)


def _places(text: str) -> list[tuple[ast.expr, int]]:
    """Where the input functions use a size: as a number, or by the name of a constant of the module."""
    tree = ast.parse(text)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and type(node.value.value) is int
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[tuple[ast.expr, int]] = []
    no_sizes = {id(n) for table in resize.tables(tree) for n in ast.walk(table)}
    no_sizes |= {id(place) for call in ast.walk(tree) for place in resize.drawn_below(call)}
    for function in (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in INPUTS):
        for node in (inner for inner in ast.walk(function) if id(inner) not in no_sizes):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                found.append((node, node.value))
            elif isinstance(node, ast.Name) and node.id in constants:
                found.append((node, constants[node.id]))
    return sorted(found, key=lambda pair: (pair[0].lineno, pair[0].col_offset))


def replaced(text: str, places: tuple[ast.expr, ...], old: int, new: int) -> Resized:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for node in sorted(places, key=lambda place: (place.lineno, place.col_offset), reverse=True):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + str(new).encode() + line[node.end_col_offset :]
    return Resized(b"".join(lines).decode(), ((old, new),) * len(places))


def _many(text: str, found: list[tuple[ast.Constant, int]], values: list[int]) -> Iterator[Varied]:
    """The largest number of it that is no large program: beside few of all else, then beside what is given."""
    for value in values[:MANY_OF]:
        few = {other: min(other, FEW) for other in values if other > 8}
        fewest = {other: 2 for _, other in found}
        numbers = [n for number in MANY for n in (number, -(-number // value) * value)]  # or as many of its own parts
        for new in (n for n in numbers if value < n and value >= _least(n)):
            beside = [fewest, few] if new > WIDER else [few, {}]
            for others in beside:
                yield Varied(f"{value} many", resize.with_sizes(text, found, others | {value: new}))


def _least(number: int) -> int:
    """Of which sizes so many are tried: a loop over them takes seconds."""
    return WIDE if number > WIDEST else SOME if number > WIDER else 0
