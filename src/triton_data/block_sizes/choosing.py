"""Block sizes for one product on one target, without measuring.

In: what is multiplied, and where. Out: the blocks that were fastest when `benchmarks/template_choices.py` recorded them
(table.json), else those of a rule; and what is offered in the order of its distance from them. Not covered: which
blocks Inductor offers (capture/headless/products.py).
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
_PLAIN = {"addmm": "mm", "baddbmm": "bmm"}  # what is added changes no block
_HALF = ("float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class Problem:
    """A product of m by k with k by n, `batch` times; a convolution's m are its pixels, its k channels of one group."""

    op: str  # mm, addmm, bmm, baddbmm, convolution
    m: int
    n: int
    k: int
    batch: int
    dtype: str  # float16, bfloat16, float32


@dataclass(frozen=True, slots=True)
class Blocks:
    m: int
    n: int
    k: int
    warps: int
    stages: int
    group: int = 8  # GROUP_M; 0 where the kernel has no grouped order


def wanted(problem: Problem, target: str, multiprocessors: int) -> Blocks:
    """Measured for this problem or for one of about its size, else by rule."""
    alike = [(_apart(problem, known), blocks) for known, blocks in _table(target) if _is_alike(problem, known)]
    return min(alike, key=lambda each: each[0])[1] if alike else by_rule(problem, multiprocessors)


def _is_alike(one: Problem, other: Problem) -> bool:
    """The same operation on the same numbers, and no side more than twice as long."""
    near = max(_ratios(one, other)) <= 2
    return near and (_PLAIN.get(one.op, one.op), one.dtype) == (other.op, other.dtype)


def _apart(one: Problem, other: Problem) -> float:
    return sum(math.log2(ratio) for ratio in _ratios(one, other))


def _ratios(one: Problem, other: Problem) -> list[float]:
    """How many times longer the longer one is, side by side."""
    pairs = ((one.m, other.m), (one.n, other.n), (one.k, other.k), (one.batch, other.batch))
    return [max(a, b, 1) / max(min(a, b), 1) for a, b in pairs]


def ranked(offered: Sequence[Blocks], best: Blocks) -> list[int]:
    """Indices of what is offered, nearest to the best first; equally near ones in their order."""
    return sorted(range(len(offered)), key=lambda index: (_distance(offered[index], best), index))


def neighbours(blocks: Blocks, problem: Problem, most: int = 4) -> list[Blocks]:
    """These, and a few that differ in one step: what an autotuner should try for other sizes and GPUs."""
    m, n, k, warps, stages = blocks.m, blocks.n, blocks.k, blocks.warps, blocks.stages
    largest = 64 if problem.dtype in _HALF else 32
    steps = [(m, n, min(2 * k, largest), warps, stages), (min(2 * m, 128), n, k, 4, stages),
             (m, min(2 * n, 256), k, 4, stages), (max(m // 2, 16), n, k, warps, stages),
             (m, max(n // 2, 16), k, warps, stages)]  # fmt: skip
    made = [blocks, *(Blocks(*step, blocks.group) for step in steps)]
    return list(dict.fromkeys(each for each in made if _shared_bytes(each, problem) <= 96 << 10))[:most]


def _shared_bytes(blocks: Blocks, problem: Problem) -> int:
    size = 2 if problem.dtype in _HALF else 4
    return (blocks.m + blocks.n) * blocks.k * size * max(blocks.stages - 1, 1)


def by_rule(problem: Problem, multiprocessors: int) -> Blocks:
    """As large as the problem and the registers allow, then halved until every multiprocessor has a tile."""
    half = problem.dtype in _HALF
    m, n = (min(_power(size), 128 if half else 64) for size in (problem.m, problem.n))
    while _tiles(problem, m, n) < multiprocessors and max(m, n) > 32:
        m, n = (m // 2, n) if m >= n else (m, n // 2)
    k = min(_power(problem.k), 64 if half else 32)
    return Blocks(m, n, k, 8 if m * n >= 128 * 128 else 4 if m * n > 32 * 32 else 2, 4 if half else 3)


def _tiles(problem: Problem, m: int, n: int) -> int:
    return problem.batch * math.ceil(problem.m / m) * math.ceil(problem.n / n)


def _power(size: int) -> int:
    return max(16, 1 << max(size - 1, 0).bit_length())


def _distance(one: Blocks, other: Blocks) -> float:
    weights = (2.0, 2.0, 1.0, 0.5, 0.25, 0.1)
    pairs = zip(astuple(one), astuple(other), weights, strict=True)
    return sum(weight * abs(math.log2(max(a, 1) / max(b, 1))) for a, b, weight in pairs)


@functools.cache
def _table(target: str) -> tuple[tuple[Problem, Blocks], ...]:
    found = ((row["target"], Problem(**row["problem"]), Blocks(**row["blocks"])) for row in rows())
    return tuple((problem, blocks) for there, problem, blocks in found if there == target)


def rows() -> Iterable[dict[str, Any]]:
    return json.loads(TABLE.read_text("utf-8"))["rows"]  # type: ignore[no-any-return]
