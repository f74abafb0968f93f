"""Along a dimension, the same shape: softmaxes, cumulative operations, sorting, selection by rank."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, NEAR_ONE, NUMBERS, SORTED, WIDE, Argument, Call, Operator, Spec
from triton_data.generate.operators.rules import axis, dimension, replaced, resized, times, written

SCAN, SORT, SOFT = "scan", "sorting", "softmax"


def _ranked(name: str, code: str, output: str = "") -> Operator:
    """The `k` first of a dimension."""

    def take(x: Spec, draw: Draw) -> Call | None:
        dim, k = axis(x, draw, 4), draw.choice((1, 2, 3, 4))
        if dim is None:
            return None
        out = Spec(replaced(x.shape, dim, k), output or x.dtype)
        return Call((Argument(x),), out, 4 * x.elements, {"k": k, "dim": written(dim, x.rank, draw)})

    return Operator(name, SORT, code, take, None, FLOATS, bound=4)


def _searched(x: Spec, draw: Draw) -> Call:
    edges = x.of(draw.size("features", 4, 4096))
    return Call(
        (Argument(edges, SORTED), Argument(x)), Spec(x.shape, "int64"), 8 * x.elements, {"right": draw.chance(0.5)}, 1
    )


def _peak_sum(call: Call, peaks: object) -> float:
    return float(peaks[0] * max(call.output.shape) ** 0.75)  # type: ignore[index]


OPERATORS = (
    dimension("softmax", "torch.softmax({0}, dim={dim})", 5, SOFT, gives=(0, 1)),
    dimension("log_softmax", "torch.log_softmax({0}, dim={dim})", 6, SOFT, peak=lambda c, p: 2 * p[0] + 12),
    dimension("softmin", "F.softmin({0}, dim={dim})", 6, SOFT, gives=(0, 1)),
    dimension(
        "temperature_softmax",
        "torch.softmax({0} / {temperature}, dim={dim})",
        6,
        SOFT,
        gives=(0, 1),
        temperature=(0.5, 2.0, 8.0),
    ),
    dimension("cumsum", "torch.cumsum({0}, dim={dim})", 1, SCAN, peak=_peak_sum),
    dimension("cumprod", "torch.cumprod({0}, dim={dim})", 1, SCAN, NEAR_ONE, gives=(0, 1000)),
    dimension("cummax", "torch.cummax({0}, dim={dim}).values", 1, SCAN),
    dimension("cummin", "torch.cummin({0}, dim={dim}).values", 1, SCAN),
    dimension("logcumsumexp", "torch.logcumsumexp({0}, dim={dim})", 6, SCAN, peak=lambda c, p: p[0] + 12, dtypes=WIDE),
    dimension(
        "reverse_cumsum",
        "torch.flip(torch.cumsum(torch.flip({0}, dims=({dim},)), dim={dim}), dims=({dim},))",
        1,
        SCAN,
        peak=_peak_sum,
    ),
    resized("diff", "torch.diff({0}, dim={dim})", SCAN, lambda size, _: size - 1, 1, NUMBERS, peak=times(2)),
    dimension(
        "sort",
        "torch.sort({0}, dim={dim}, descending={descending}).values",
        8,
        SORT,
        dtypes=NUMBERS,
        descending=(True, False),
    ),
    dimension("argsort", "torch.argsort({0}, dim={dim}, stable=True)", 8, SORT, output="int64", dtypes=FLOATS),
    _ranked("topk", "torch.topk({0}, {k}, dim={dim}).values"),
    _ranked("smallest", "torch.topk({0}, {k}, dim={dim}, largest=False).values"),
    Operator("searchsorted", SORT, "torch.searchsorted({0}, {1}, right={right})", _searched, None, WIDE, bound=8),
    Operator("bucketize", SORT, "torch.bucketize({1}, {0}, right={right})", _searched, None, WIDE, bound=8),
)
