"""Where an index says which element: gathers, scatters, embeddings, one-hot vectors."""

from __future__ import annotations

from math import inf

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import (
    FLOATS,
    INDEX,
    INDICES,
    NUMBERS,
    WIDE,
    Argument,
    Call,
    Operator,
    Rule,
    Spec,
)  # fmt: skip
from triton_data.generate.operators.rules import axis, replaced

FAMILY = "indexing"


def _picked(x: Spec, draw: Draw) -> Call | None:
    """index_select and x[:, index]: one list of places."""
    dim, count = axis(x, draw), draw.size("sequence")
    if dim is None:
        return None
    index = Argument(Spec((count,), "int64"), INDICES, x.shape[dim])
    return Call((Argument(x), index), x.of(*replaced(x.shape, dim, count)), 0, {"dim": dim, "before": ":, " * dim})


def _gathered(x: Spec, draw: Draw) -> Call | None:
    dim, count = axis(x, draw), draw.size("sequence")
    if dim is None:
        return None
    shape = replaced(x.shape, dim, count)
    return Call((Argument(x), Argument(Spec(shape, "int64"), INDICES, x.shape[dim])), x.of(*shape), 0, {"dim": dim})


def _scattered(x: Spec, draw: Draw) -> Call | None:
    """Values of x are added up at places of a base tensor."""
    dim, size = axis(x, draw), draw.size("sequence")
    if dim is None:
        return None
    base = x.of(*replaced(x.shape, dim, size))
    index = Argument(Spec(x.shape, "int64"), INDICES, size)
    return Call((Argument(base), index, Argument(x)), base, x.elements, {"dim": dim}, 2)


def _placed(x: Spec, draw: Draw) -> Call | None:
    """Without adding up no place may be named twice, whatever the index is drawn from: it is an order of numbers."""
    dim = axis(x, draw)
    return None if dim is None else Call((Argument(x), Argument(x), Argument(x)), x, x.elements, {"dim": dim}, 2)


def _added(x: Spec, draw: Draw) -> Call | None:
    dim, size = axis(x, draw), draw.size("sequence")
    if dim is None:
        return None
    index = Argument(Spec((x.shape[dim],), "int64"), INDICES, size)
    base = x.of(*replaced(x.shape, dim, size))
    return Call((Argument(base), index, Argument(x)), base, x.elements, {"dim": dim}, 2)


def _filled(x: Spec, draw: Draw) -> Call | None:
    dim = axis(x, draw)
    if dim is None:
        return None
    index = Argument(Spec((draw.integer(1, 4),), "int64"), INDICES, x.shape[dim])
    return Call((Argument(x), index), x, 0, {"dim": dim, "value": draw.choice((0, 1))})


def _embedding(index: Spec, draw: Draw) -> Call:
    rows, width = draw.size("vocabulary", 2), draw.size()
    table = Argument(Spec((rows, width), draw.choice(FLOATS)), weight=True)
    out = Spec((*index.shape, width), table.spec.dtype)
    return Call((Argument(index, INDICES, rows), table), out, 0, {"rows": rows, "width": width})


def _embedded(out: Spec, draw: Draw) -> Call | None:
    if out.rank < 2 or out.dtype not in FLOATS:
        return None
    rows, width = draw.size("vocabulary", 2), out.shape[-1]
    table = Argument(out.of(rows, width), weight=True)
    return Call((Argument(Spec(out.shape[:-1], "int64"), INDICES, rows), table), out, 0, {"rows": rows, "width": width})


def _bag(index: Spec, draw: Draw) -> Call:
    rows, width = draw.size("vocabulary", 2), draw.size()
    table = Argument(Spec((rows, width), "float32"), weight=True)
    out = Spec((index.shape[0], width))
    settings = {"mode": draw.choice(("sum", "mean")), "rows": rows, "width": width}
    return Call((Argument(index, INDICES, rows), table), out, index.elements * width, settings)


def _one_hot(index: Spec, draw: Draw) -> Call:
    classes = draw.size("vocabulary", 2, 1024)
    return Call((Argument(index, INDICES, classes),), Spec((*index.shape, classes), "int64"), 0, {"classes": classes})


def _at(x: Spec, draw: Draw) -> Call:
    """x[rows, columns]: pairs of places."""
    count = draw.size("sequence")
    rows, columns = (Argument(Spec((count,), "int64"), INDICES, size) for size in x.shape[:2])
    return Call((Argument(x), rows, columns), x.of(count, *x.shape[2:]), 0)


def _flat(x: Spec, draw: Draw) -> Call:
    shape = (draw.size("batch"), draw.size("sequence"))
    return Call((Argument(x), Argument(Spec(shape, "int64"), INDICES, x.elements)), x.of(*shape), 0)


def _segments(x: Spec, draw: Draw) -> Call:
    """Rows that belong to one segment are added up, as in a graph network."""
    size = draw.size("sequence")
    index = Argument(Spec((x.shape[0],), "int64"), INDICES, size)
    return Call((Argument(x), index), x.of(size, *x.shape[1:]), x.elements, {"size": (size, *x.shape[1:])})


def _entry(name: str, code: str, take: Rule, dtypes: tuple[str, ...] = NUMBERS, ranks: tuple[int, int] = (1, 4),
           make: Rule | None = None, layer: str = "", bound: float = 0) -> Operator:  # fmt: skip
    return Operator(name, FAMILY, code, take, make, dtypes, ranks, layer=layer, bound=bound)


OPERATORS = (
    _entry("index_select", "torch.index_select({0}, {dim}, {1})", _picked),
    _entry("index", "{0}[{before}{1}]", _picked),
    _entry("index_pairs", "{0}[{1}, {2}]", _at, ranks=(2, 4)),
    _entry("take", "torch.take({0}, {1})", _flat),
    _entry("gather", "torch.gather({0}, {dim}, {1})", _gathered),
    _entry("take_along_dim", "torch.take_along_dim({0}, {1}, dim={dim})", _gathered),
    _entry("scatter", "{0}.scatter({dim}, torch.argsort({1}, dim={dim}, stable=True), {2})", _placed, FLOATS, bound=1),
    _entry("scatter_add", "{0}.scatter_add({dim}, {1}, {2})", _scattered, WIDE, bound=1),
    _entry("scatter_amax", "{0}.scatter_reduce({dim}, {1}, {2}, reduce='amax')", _scattered, WIDE, bound=1),
    _entry(
        "scatter_mean",
        "{0}.scatter_reduce({dim}, {1}, {2}, reduce='mean', include_self=False)",
        _scattered,
        WIDE,
        bound=1,
    ),
    _entry("index_add", "{0}.index_add({dim}, {1}, {2})", _added, WIDE, bound=1),
    _entry("index_fill", "{0}.index_fill({dim}, {1}, {value})", _filled),
    _entry(
        "segment_sum",
        "torch.zeros({size}, dtype={0}.dtype, device={0}.device).index_add(0, {1}, {0})",
        _segments,
        WIDE,
        bound=1,
    ),
    _entry("embedding", "F.embedding({0}, {1})", _embedding, INDEX, (1, 3), _embedded, "nn.Embedding({rows}, {width})"),
    _entry(
        "embedding_bag",
        "F.embedding_bag({0}, {1}, mode='{mode}')",
        _bag,
        INDEX,
        (2, 2),
        None,
        "nn.EmbeddingBag({rows}, {width}, mode='{mode}')",
        inf,
    ),
    _entry("one_hot", "F.one_hot({0}, {classes})", _one_hot, INDEX, (1, 3)),
)
