"""A dimension, or several, become one number each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import (
    ANY,
    ANYTHING,
    BOOL,
    FLOATS,
    NEAR_ONE,
    NUMBERS,
    POSITIVE,
    WIDE,
    Argument,
    Call,
    Operator,
    Peak,
    Spec,
    Values,
)  # fmt: skip
from triton_data.generate.operators.rules import chosen, written

FAMILY = "reduction"
INF = float("inf")


def _reduced(x: Spec, dims: tuple[int, ...], keep: bool) -> tuple[int, ...]:
    return tuple(1 if place in dims else size for place, size in enumerate(x.shape) if keep or place not in dims)


def _count(call: Call) -> int:
    return max(1, call.arguments[0].spec.elements // max(1, call.output.elements))


def _adds(call: Call, peaks: Sequence[float]) -> float:
    """Signed numbers add up like a random walk, the others without mercy; a mean of both."""
    return float(peaks[0] * _count(call) ** 0.75)


def _lengths(call: Call, peaks: Sequence[float]) -> float:
    return float(peaks[0] * _count(call) ** 0.5)


def reduction(name: str, code: str, cost: int = 1, several: bool = True, values: Values = ANY, output: str = "",
              gives: tuple[float, float] | None = None, dtypes: tuple[str, ...] = FLOATS, peak: Peak | None = None,
              integral: str = "", whole: bool = False, keeps: bool = True,
              low: int = 2, **choices: Sequence[Any]) -> Operator:  # fmt: skip
    """`several`: takes more than one dimension; `whole`: without dimensions; `integral`: what integers become."""

    def call(x: Spec, dims: tuple[int, ...], keep: bool, draw: Draw) -> Call:
        out = output or (integral if integral and x.dtype not in FLOATS else x.dtype)
        spelled = tuple(written(place, x.rank, draw) for place in dims)
        settings = {"dim": spelled if several else spelled[0], "keepdim": keep, **chosen(choices, draw)}
        return Call((Argument(x, values),), Spec(_reduced(x, dims, keep), out), cost * x.elements, settings)

    def take(x: Spec, draw: Draw) -> Call | None:
        wide = draw.order([place for place, size in enumerate(x.shape) if size >= low])
        count = draw.choice((1, 1, 1, 2, len(wide))) if several else 1
        keep = draw.chance(0.4)
        if not wide:
            return None
        return call(
            x, tuple(sorted(wide[:count])) if not whole else tuple(range(x.rank)), keep and keeps and not whole, draw
        )

    def make(out: Spec, draw: Draw) -> Call | None:
        place, more = draw.integer(0, out.rank), draw.size("features", low)
        if out.rank > 3 or whole:
            return None
        return call(out.of(*out.shape[:place], more, *out.shape[place:]), (place,), False, draw)

    backwards = make if not output and not integral else None
    more: dict[str, Any] = {"peak": peak} if peak else {}
    return Operator(name, FAMILY, code, take, backwards, dtypes, (1, 4), (), gives, bound=cost, **more)


def _over(function: str, more: str = "") -> str:
    return f"{function}({{0}}{more}, dim={{dim}}, keepdim={{keepdim}})"


OPERATORS = (
    reduction("sum", _over("torch.sum"), peak=_adds, dtypes=ANYTHING, integral="int64"),
    reduction("mean", _over("torch.mean")),
    reduction("amax", _over("torch.amax"), dtypes=NUMBERS),
    reduction("amin", _over("torch.amin"), dtypes=NUMBERS),
    reduction("max_dim", _over("torch.max") + ".values", several=False, dtypes=NUMBERS),
    reduction("min_dim", _over("torch.min") + ".values", several=False, dtypes=NUMBERS),
    reduction("argmax", _over("torch.argmax"), several=False, output="int64", dtypes=FLOATS),
    reduction("argmin", _over("torch.argmin"), several=False, output="int64", dtypes=FLOATS),
    reduction("prod", _over("torch.prod"), several=False, values=NEAR_ONE, gives=(0, 1000)),
    reduction(
        "var", _over("torch.var", ", correction={correction}"), 3, correction=(0, 1), peak=lambda c, p: p[0] ** 2
    ),
    reduction("std", _over("torch.std", ", correction={correction}"), 4, correction=(0, 1)),
    reduction("logsumexp", _over("torch.logsumexp"), 6, peak=lambda c, p: p[0] + 12),
    reduction(
        "vector_norm",
        "torch.linalg.vector_norm({0}, ord={ord}, dim={dim}, keepdim={keepdim})",
        3,
        ord=(1, 2, 3, "float('inf')"),
        peak=_adds,
    ),
    reduction("norm", _over("torch.norm"), 2, several=False, peak=_lengths),
    reduction("any", _over("torch.any"), dtypes=BOOL, gives=(0, 1)),
    reduction("all", _over("torch.all"), dtypes=BOOL, gives=(0, 1)),
    reduction("count_nonzero", "torch.count_nonzero({0}, dim={dim})", dtypes=ANYTHING, output="int64", keeps=False),
    reduction("nansum", _over("torch.nansum"), peak=_adds),
    reduction("nanmean", _over("torch.nanmean")),
    reduction("median", _over("torch.median") + ".values", 8, several=False),
    reduction("nanmedian", _over("torch.nanmedian") + ".values", 8, several=False),
    reduction("kthvalue", "torch.kthvalue({0}, 2, dim={dim}, keepdim={keepdim}).values", 8, several=False),
    reduction(
        "quantile",
        "torch.quantile({0}, {q}, dim={dim}, keepdim={keepdim})",
        10,
        several=False,
        dtypes=WIDE,
        q=(0.25, 0.5, 0.9),
    ),
    reduction(
        "mean_square", "torch.mean(torch.square({0}), dim={dim}, keepdim={keepdim})", 2, peak=lambda c, p: p[0] ** 2
    ),
    reduction(
        "geometric_mean", "torch.exp(torch.mean(torch.log({0}), dim={dim}, keepdim={keepdim}))", 9, values=POSITIVE
    ),
    reduction("sum_all", "torch.sum({0})", whole=True, peak=_adds, dtypes=FLOATS),
    reduction("mean_all", "torch.mean({0})", whole=True),
    reduction("max_all", "torch.max({0})", whole=True, dtypes=NUMBERS),
    reduction("std_all", "torch.std({0})", 4, whole=True),
)
