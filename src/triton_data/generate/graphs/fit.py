"""Sizes that meet a window: one size after another is solved for, on the same graph.

In: a wish. Out: a Graph inside its window with the sizes it has, or None. FLOPs are linear in nearly every single size,
so two graphs that differ in it say what it has to be; a third one proves it.
Not covered: windows that this misses (solve.py), graphs that no sizes bring into theirs (search.py says so).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf

from triton_data.generate.graphs.directions import grow
from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.graphs.wish import Window, Wish
from triton_data.generate.operators.draw import USUAL, Draw

KNOBS = 8  # sizes that are tried in turn
_NICE = sorted({size for sizes in USUAL.values() for size in sizes} | {2**power for power in range(17)})


def attempt(wish: Wish, trial: int, scale: int, sizes: Mapping[int, int]) -> tuple[Graph | None, Draw]:
    """The graph of this trial; `sizes` overrides sizes by their number."""
    return grown(wish, trial, scale, sizes.get)


def small(wish: Wish, trial: int, scale: int) -> Graph | None:
    """The same graph at sizes that run in no time; equal sizes stay equal."""
    return grown(wish, trial, scale, lambda number, value: _shrunk(value))[0]


def grown(wish: Wish, trial: int, scale: int, resize: Callable[[int, int], int]) -> tuple[Graph | None, Draw]:
    draw = Draw(f"{wish.seed}.{wish.index}.{trial}", scale, resize)
    return grow(_turned_round(wish, trial), draw), draw


def _turned_round(wish: Wish, trial: int) -> Wish:
    """Backwards is a wish of ours, nobody else's: every other trial goes forward."""
    return replace(wish, backwards=wish.backwards and trial % 2 == 0)


def _shrunk(size: int) -> int:
    if size <= 8:
        return size
    return 8 * (1 + size // 8 % 2) if size % 8 == 0 else 9 + size % 4


def fit(wish: Wish, trial: int, scale: int) -> tuple[Graph, dict[int, int]] | None:
    sizes: dict[int, int] = {}
    graph, draw = attempt(wish, trial, scale, sizes)
    if graph is None:
        return None
    order = Draw(f"knobs {wish.seed}.{wish.index}.{trial}")
    for number in order.order(range(len(draw.sizes)))[:KNOBS]:
        if wish.window.holds(graph):
            return graph, sizes
        _, low, high = draw.sizes[number]
        found = _turned(wish, trial, scale, sizes, graph, number, draw.sizes[number][0], low, high)
        if found is not None:
            graph, sizes = found
    return (graph, sizes) if wish.window.holds(graph) else None


def _turned(wish: Wish, trial: int, scale: int, sizes: dict[int, int], graph: Graph, number: int, now: int, low: int,
            high: int) -> tuple[Graph, dict[int, int]] | None:  # fmt: skip
    """The graph with this one size moved as near to the window as it goes; None where that is no nearer."""
    other = now * 2 if now * 2 <= high else max(low, now // 2)
    if other == now:
        return None
    second, _ = attempt(wish, trial, scale, {**sizes, number: other})
    if second is None:
        return None
    first, last = _open(wish.window, graph, second, now, other)
    first, last = max(first, low), min(last, high)
    value = _between(first, last) if first <= last else (high if first > high else low)
    best = None
    for size in dict.fromkeys((value, other)):
        moved, _ = attempt(wish, trial, scale, {**sizes, number: size})
        if moved is not None and _distance(wish.window, moved) < _distance(wish.window, best or graph):
            best, chosen = moved, size
    return None if best is None else (best, {**sizes, number: chosen})


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
