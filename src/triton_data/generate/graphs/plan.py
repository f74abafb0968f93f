"""Which graph is wished for at which index: levels, and the coverage that they are meant to reach.

In: settings and an index. Out: a Wish, the same whoever asks and whenever. The legal pairs of operators are gone
through in a shuffled order, so that none comes twice before each has come once; so are operators with dtypes.
Not covered: what came of it (coverage.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random

from triton_data.generate.graphs.graph import LARGEST_TENSOR
from triton_data.generate.graphs.wish import Window, Wish
from triton_data.generate.operators import table
from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS
from triton_data.generate.operators.forbidden import legal_pairs
from triton_data.records import codec, digest

COUNTS = {0: 1, 1: 2, 2: 3, 3: 5, 4: 10}  # operators a graph, by level
FORMS = ("function", "module", "mixed")
USUAL_WINDOW = Window(2**34, 2**35)
BACKWARDS, MODULES = 0.25, 0.3
COMFORT = 2**28 / LARGEST_TENSOR
WANTED = 12  # pairs that one graph is offered; it takes the first that fits


@dataclass(frozen=True, slots=True)
class Settings:
    """What makes a set of graphs itself: the same settings, the same graphs."""

    level: int
    seed: int = 0
    window: Window = USUAL_WINDOW
    usual: bool = True  # nobody asked for the window: lists of operators that cannot reach it get one that they can
    form: str = "function"
    dtypes: tuple[str, ...] = FLOATS
    operators: tuple[str, ...] = ()  # this list in every graph, instead of the level's
    device: str = "cpu"  # where graphs are run before they are written
    checked: bool = True

    @property
    def key(self) -> str:
        return digest("graphs", str(codec.to_json(self)), str(len(table())))


def wish(settings: Settings, index: int) -> Wish:
    draw = Draw(f"plan {settings.seed}.{settings.level}.{index}")
    exact, pairs = _operators(settings, index)
    module = settings.form == "module" or (settings.form == "mixed" and draw.chance(MODULES))
    made = Wish(
        index, settings.seed, len(exact) or COUNTS[settings.level], exact, pairs,
        dtype=settings.dtypes[(index + index // len(table())) % len(settings.dtypes)],
        rank=draw.choice((-1, 1, 2, 3, 4)), backwards=draw.chance(BACKWARDS), module=module, window=settings.window,
    )  # fmt: skip
    return _within_reach(replace(made, usual=True)) if settings.usual and exact else made


def _operators(settings: Settings, index: int) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    if settings.operators:
        return settings.operators, ()
    if settings.level == 0:
        return (_operators_in_turn(settings.seed)[index % len(table())],), ()
    pairs = _pairs_in_turn(settings.seed)
    if settings.level == 1:
        return pairs[index % len(pairs)], ()
    first = index * WANTED
    return (), tuple(pairs[(first + place) % len(pairs)] for place in range(WANTED))


def _within_reach(made: Wish) -> Wish:
    """Of the usual window only: an octave that tensors of about 2^28 elements reach."""
    if made.reach * COMFORT >= made.window.min_flops:
        return made
    top = int(made.reach * COMFORT)
    return replace(made, window=replace(made.window, min_flops=top // 2, max_flops=max(top, 0)))


@cache
def _operators_in_turn(seed: int) -> list[str]:
    names = list(table())
    Random(f"operators {seed}").shuffle(names)
    return names


@cache
def _pairs_in_turn(seed: int) -> list[tuple[str, str]]:
    pairs = list(legal_pairs())
    Random(f"pairs {seed}").shuffle(pairs)
    return pairs
