"""Sizes that meet a window: one size after another is solved for, on the same graph.

In: a wish. Out: a Graph inside its window with the sizes it has, or None. FLOPs are linear in nearly every single size,
so two graphs that differ in it say what it has to be; a third one proves it.
Not covered: windows that this misses (solve.py), graphs that no sizes bring into theirs (search.py says so).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from typing import NamedTuple

from triton_data.generate.graphs.directions import grow
from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.graphs.wish import Window, Wish
from triton_data.generate.operators.draw import LARGEST_SIZE, USUAL, Draw

STEERED = 4  # trials
RESCALED, NEAR = 2, 8.0
HOPELESS = 2**12  # times outside after a size was moved
KNOBS = 6  # sizes that are tried in turn
_NICE = sorted({size for sizes in USUAL.values() for size in sizes} | {2**power for power in range(17)})


def attempt(wish: Wish, trial: int, scale: int, sizes: Mapping[int, int]) -> tuple[Graph | None, Draw]:
    """The graph of this trial; `sizes` overrides sizes by their number."""
    return grown(wish, trial, scale, sizes.get)


def small(wish: Wish, trial: int, scale: int) -> Graph | None:
    """The same graph at sizes that run in no time; equal sizes stay equal."""
    return grown(wish, trial, scale, lambda number, value: _shrunk(value))[0]


def grown(wish: Wish, trial: int, scale: int, resize: Callable[[int, int], int]) -> tuple[Graph | None, Draw]:
    draw = Draw(f"{wish.seed}.{wish.index}.{trial}", scale, resize)
    return grow(_eased(wish, trial), draw), draw


def _eased(wish: Wish, trial: int) -> Wish:
    """Direction, rank and pairs are wishes of ours, nobody else's: they give way; window and operators never do."""
    backwards = wish.backwards and trial % 2 == 0
    if trial < STEERED:
        return replace(wish, backwards=backwards)
    dtype = wish.dtype if not wish.exact or trial % 2 else ""  # '': one that the first of the list likes
    return replace(wish, backwards=backwards, rank=-1, dtype=dtype, pairs=wish.pairs if trial < 2 * STEERED else ())


def _shrunk(size: int) -> int:
    if size <= 8:
        return size
    return 8 * (1 + size // 8 % 2) if size % 8 == 0 else 9 + size % 4


def fit(wish: Wish, trial: int, scale: int) -> tuple[Graph, int] | None:
    """The graph, and the scale that its sizes were drawn at."""
    graph, draw = attempt(wish, trial, scale, {})
    for _ in range(RESCALED):
        if graph is None:
            return None
        moved = _rescaled(wish.window, graph, scale)
        if moved == scale:
            break
        scale = moved
        graph, draw = attempt(wish, trial, scale, {})
    if graph is None:
        return None
    best = _Sized(graph, {})
    order = Draw(f"knobs {wish.seed}.{wish.index}.{trial}")
    for number in order.order(range(len(draw.sizes)))[:KNOBS]:
        if wish.window.holds(best.graph):
            break
        best = _nearer(wish, trial, scale, best, number, draw.sizes[number])
        if _distance(wish.window, best.graph) > HOPELESS:
            return None
    return (best.graph, scale) if wish.window.holds(best.graph) else None


def _rescaled(window: Window, graph: Graph, scale: int) -> int:
    """All sizes larger or smaller, where the window is far; most FLOPs grow with two or three of them."""
    factor = _factor(window, graph)
    if 1 / NEAR < factor < NEAR or graph.flops == 0:
        return scale
    return max(4, min(LARGEST_SIZE, int(scale * factor**0.4)))


class _Sized(NamedTuple):
    graph: Graph
    sizes: dict[int, int]


def _nearer(wish: Wish, trial: int, scale: int, best: _Sized, number: int, drawn: tuple[int, int, int]) -> _Sized:
    """With this one size moved as near to the window as it goes: a guess, and what follows from it."""
    now, low, high = drawn
    guess = max(low, min(high, _nice(int(now * _factor(wish.window, best.graph)))))
    guess = max(low, now // 2) if guess == now == high else guess
    before = best.graph
    for step in range(2):
        if guess == now or wish.window.holds(best.graph):
            break
        sizes = {**best.sizes, number: guess}
        moved, _ = attempt(wish, trial, scale, sizes)
        if moved is None:
            break
        if _distance(wish.window, moved) < _distance(wish.window, best.graph):
            best = _Sized(moved, sizes)
        if step == 0:
            first, last = _open(wish.window, before, moved, now, guess)
            first, last = max(first, low), min(last, high)
            value = _between(first, last) if first <= last else (high if first > high else low)
            guess = now if value == guess else value
    return best


def _factor(window: Window, graph: Graph) -> float:
    """What this size has to be multiplied with, if all that counts grows with it."""
    if not window.min_flops <= graph.flops <= window.max_flops:
        return _middle(window.min_flops, window.max_flops) / max(1, graph.flops)
    return min(
        _middle(window.min_bytes, window.max_bytes) / max(1, graph.bytes), LARGEST_TENSOR / max(1, graph.largest)
    )


def _middle(low: float, high: float) -> float:
    return math.sqrt(max(low, high / 64) * high)


def _nice(size: int) -> int:
    """The nearest size that people use."""
    place = min(bisect_left(_NICE, size), len(_NICE) - 1)
    return _NICE[place] if place == 0 or _NICE[place] - size <= size - _NICE[place - 1] else _NICE[place - 1]


def _open(window: Window, graph: Graph, second: Graph, now: int, other: int) -> tuple[int, int]:
    """Between which values of this size FLOPs, bytes and the largest tensor are as they must be, if all are linear."""
    first, last = 1.0, inf
    for low, high, one, two in (
        (window.min_flops, window.max_flops, graph.flops, second.flops),
        (window.min_bytes, window.max_bytes, graph.bytes, second.bytes),
        (0, LARGEST_TENSOR, graph.largest, second.largest),
    ):
        slope = (two - one) / (other - now)
        if slope <= 0:
            continue
        rest = one - slope * now
        first, last = max(first, (low - rest) / slope), min(last, (high - rest) / slope)
    return int(-(-first // 1)), int(min(last, 2**31))


def _between(first: int, last: int) -> int:
    """A size that people use, where there is one."""
    place = bisect_left(_NICE, first)
    nice = [size for size in _NICE[place:] if size <= last]
    return nice[len(nice) // 2] if nice else (first + last) // 2


def _distance(window: Window, graph: Graph) -> float:
    """By how many times a graph is outside of its window, all in all."""
    return (
        _outside(graph.flops, window.min_flops, window.max_flops)
        * _outside(graph.bytes, window.min_bytes, window.max_bytes)
        * _outside(graph.intensity, window.min_intensity, window.max_intensity)
        * _outside(graph.largest, 0, LARGEST_TENSOR)
    )


def _outside(value: float, low: float, high: float) -> float:
    return max(1.0, low / max(value, 1e-9), value / max(high, 1e-9))
