"""Shapes and strides: views, copies in another order, tensors put together and cut."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import ANYTHING, NUMBERS, Argument, Call, Operator, Rule, Spec
from triton_data.generate.operators.rules import axis, divisors, replaced, resized, written

FAMILY = "view"


def _call(x: Spec, *shape: int, **settings: object) -> Call:
    return Call((Argument(x),), x.of(*shape), 0, settings)


def _swapped(x: Spec, draw: Draw) -> Call | None:
    if x.rank < 2:
        return None
    a, b = draw.order(range(x.rank))[:2]
    shape = list(x.shape)
    shape[a], shape[b] = shape[b], shape[a]
    return _call(x, *shape, a=written(a, x.rank, draw), b=written(b, x.rank, draw))


def _permuted(x: Spec, draw: Draw) -> Call:
    order = draw.order(range(x.rank))
    return _call(x, *(x.shape[place] for place in order), order=tuple(order))


def _moved(x: Spec, draw: Draw) -> Call:
    a, b = draw.integer(0, x.rank - 1), draw.integer(0, x.rank - 1)
    order = [place for place in range(x.rank) if place != a]
    order.insert(b, a)
    return _call(x, *(x.shape[place] for place in order), a=a, b=b)


def _last_two(x: Spec, draw: Draw) -> Call:
    return _call(x, *x.shape[:-2], x.shape[-1], x.shape[-2])


def _flattened(x: Spec, draw: Draw) -> Call:
    start = draw.integer(0, x.rank - 2)
    size = 1
    for each in x.shape[start:]:
        size *= each
    return _call(x, *x.shape[:start], size, start=start)


def _split_dim(x: Spec, draw: Draw) -> Call | None:
    ways = [(place, each) for place, size in enumerate(x.shape) for each in divisors(size)]
    if not ways or x.rank > 4:
        return None
    dim, inner = draw.choice(ways)
    shape = replaced(x.shape, dim, x.shape[dim] // inner, inner)
    return _call(x, *shape, dim=dim, sizes=(x.shape[dim] // inner, inner), shape=shape)


def _squeezed(x: Spec, draw: Draw) -> Call | None:
    ones = [place for place, size in enumerate(x.shape) if size == 1]
    if not ones:
        return None
    dim = draw.choice(ones)
    return _call(x, *replaced(x.shape, dim), dim=dim)


def _unsqueezed(x: Spec, draw: Draw) -> Call | None:
    dim = draw.integer(0, x.rank)
    return _call(x, *x.shape[:dim], 1, *x.shape[dim:], dim=dim) if x.rank < 5 else None


def _expanded(x: Spec, draw: Draw) -> Call | None:
    size = draw.size("batch", 2)
    return _call(x, size, *x.shape, shape=(size, *(-1 for _ in x.shape))) if x.rank < 5 else None


def _cut(x: Spec, draw: Draw) -> Call | None:
    dim, part = axis(x, draw), draw.choice((2, 3, 4))
    if dim is None:
        return None
    length = max(1, x.shape[dim] // part)
    start = draw.choice((0, x.shape[dim] - length))
    return _call(x, *replaced(x.shape, dim, length), dim=written(dim, x.rank, draw), start=start, length=length,
                 stop=start + length, before=":, " * dim)  # fmt: skip


def _stepped(x: Spec, draw: Draw) -> Call | None:
    dim, step = axis(x, draw), draw.choice((2, 3))
    return (
        None
        if dim is None
        else _call(x, *replaced(x.shape, dim, -(-x.shape[dim] // step)), before=":, " * dim, step=step)
    )


def _selected(x: Spec, draw: Draw) -> Call | None:
    dim, which = axis(x, draw), draw.choice((0, 1, -1))
    return None if dim is None or x.rank < 2 else _call(x, *replaced(x.shape, dim), dim=dim, which=which)


def _part(x: Spec, draw: Draw) -> Call | None:
    """One of equal parts."""
    ways = [(place, each) for place, size in enumerate(x.shape) for each in divisors(size, (2, 3, 4))]
    if not ways:
        return None
    dim, parts = draw.choice(ways)
    size = x.shape[dim] // parts
    return _call(x, *replaced(x.shape, dim, size), dim=dim, parts=parts, size=size, which=draw.integer(0, parts - 1))


def _order(x: Spec, draw: Draw) -> Call | None:
    dim = axis(x, draw)
    return None if dim is None else _call(x, *x.shape, dim=dim, shift=draw.choice((1, 2, -1)))


def _rotated(x: Spec, draw: Draw) -> Call:
    return _call(x, x.shape[1], x.shape[0], *x.shape[2:])


def _triangle(x: Spec, draw: Draw) -> Call:
    return _call(x, *x.shape, diagonal=draw.choice((0, 0, 1, -1)))


def _diagonal(x: Spec, draw: Draw) -> Call:
    return _call(x, *x.shape[:-2], min(x.shape[-2:]))


def _on_diagonal(x: Spec, draw: Draw) -> Call | None:
    return _call(x, *x.shape, x.shape[-1]) if x.rank < 4 else None


def _windows(x: Spec, draw: Draw) -> Call | None:
    dim, size, step = axis(x, draw, 4), draw.choice((2, 3, 4)), draw.choice((1, 2))
    if dim is None or x.rank > 4:
        return None
    return _call(x, *replaced(x.shape, dim, (x.shape[dim] - size) // step + 1), size, dim=dim, size=size, step=step)


def _tiled(x: Spec, draw: Draw) -> Call:
    counts = tuple(draw.choice((1, 2, 3)) for _ in x.shape)
    counts = counts if max(counts) > 1 else (*counts[:-1], 2)
    return _call(x, *(a * b for a, b in zip(x.shape, counts, strict=True)), counts=counts)


def _joined(parts: int) -> Rule:
    def take(x: Spec, draw: Draw) -> Call:
        dim = draw.integer(0, x.rank - 1)
        more = tuple(
            x if draw.chance(0.5) else x.of(*replaced(x.shape, dim, draw.size("sequence"))) for _ in range(parts - 1)
        )
        total = x.shape[dim] + sum(each.shape[dim] for each in more)
        arguments = tuple(Argument(each) for each in (x, *more))
        return Call(arguments, x.of(*replaced(x.shape, dim, total)), 0, {"dim": written(dim, x.rank, draw)})

    return take


def _cat_made(out: Spec, draw: Draw) -> Call | None:
    dim = axis(out, draw)
    if dim is None:
        return None
    half = out.shape[dim] // 2
    sides = (out.of(*replaced(out.shape, dim, half)), out.of(*replaced(out.shape, dim, out.shape[dim] - half)))
    return Call(tuple(Argument(side) for side in sides), out, 0, {"dim": dim})


def _stacked(x: Spec, draw: Draw) -> Call | None:
    dim = draw.integer(0, x.rank)
    return (
        Call((Argument(x), Argument(x)), x.of(*x.shape[:dim], 2, *x.shape[dim:]), 0, {"dim": dim})
        if x.rank < 5
        else None
    )


def _mesh(x: Spec, draw: Draw) -> Call:
    n = draw.size("sequence")
    return Call((Argument(x), Argument(x.of(n))), x.of(x.shape[0], n), x.shape[0] * n)


def _entry(name: str, code: str, take: Rule, ranks: tuple[int, int] = (1, 4), both: bool = False,
           dtypes: tuple[str, ...] = ANYTHING, make: Rule | None = None, kinds: tuple[str, ...] = (),
           bound: int = 0) -> Operator:  # fmt: skip
    return Operator(name, FAMILY, code, take, take if both else make, dtypes, ranks, kinds, bound=bound)


OPERATORS = (
    _entry("transpose", "torch.transpose({0}, {a}, {b})", _swapped, (2, 4)),
    _entry("permute", "torch.permute({0}, {order})", _permuted, (2, 4)),
    _entry("permute_copy", "{0}.permute{order}.contiguous()", _permuted, (2, 4)),
    _entry("movedim", "torch.movedim({0}, {a}, {b})", _moved, (2, 4)),
    _entry("mT", "{0}.mT", _last_two, (2, 4)),
    _entry("flatten", "torch.flatten({0}, {start})", _flattened, (2, 4)),
    _entry("reshape", "torch.reshape({0}, {shape})", _split_dim),
    _entry("unflatten", "{0}.unflatten({dim}, {sizes})", _split_dim),
    _entry("squeeze", "torch.squeeze({0}, {dim})", _squeezed, (2, 5), kinds=("features", "single")),
    _entry("unsqueeze", "torch.unsqueeze({0}, {dim})", _unsqueezed),
    _entry("expand", "{0}.expand{shape}", _expanded, (1, 3)),
    _entry("narrow", "torch.narrow({0}, {dim}, {start}, {length})", _cut),
    _entry("slice", "{0}[{before}{start}:{stop}]", _cut),
    _entry("step_slice", "{0}[{before}::{step}]", _stepped),
    _entry("select", "torch.select({0}, {dim}, {which})", _selected, (2, 4)),
    _entry("chunk", "torch.chunk({0}, {parts}, dim={dim})[{which}]", _part),
    _entry("split", "torch.split({0}, {size}, dim={dim})[{which}]", _part),
    _entry("flip", "torch.flip({0}, dims=({dim},))", _order, both=True),
    _entry("roll", "torch.roll({0}, {shift}, dims={dim})", _order, both=True),
    _entry("rot90", "torch.rot90({0})", _rotated, (2, 4)),
    _entry("tril", "torch.tril({0}, diagonal={diagonal})", _triangle, (2, 4), True, NUMBERS),
    _entry("triu", "torch.triu({0}, diagonal={diagonal})", _triangle, (2, 4), True, NUMBERS),
    _entry("diagonal", "torch.diagonal({0}, dim1=-2, dim2=-1)", _diagonal, (2, 4)),
    _entry("diag_embed", "torch.diag_embed({0})", _on_diagonal, (1, 3), dtypes=NUMBERS),
    _entry("windows", "{0}.unfold({dim}, {size}, {step})", _windows),
    _entry("repeat", "{0}.repeat{counts}", _tiled, (2, 4)),
    _entry("tile", "torch.tile({0}, {counts})", _tiled, (2, 4)),
    _entry("cat", "torch.cat([{0}, {1}], dim={dim})", _joined(2), make=_cat_made),
    _entry("cat3", "torch.cat([{0}, {1}, {2}], dim={dim})", _joined(3)),
    _entry("stack", "torch.stack([{0}, {1}], dim={dim})", _stacked),
    _entry("mesh", "{0}[:, None] + {1}[None, :]", _mesh, (1, 1), dtypes=NUMBERS, bound=1),
    resized(
        "repeat_interleave",
        "torch.repeat_interleave({0}, {count}, dim={dim})",
        FAMILY,
        lambda size, settings: size * settings["count"],
        0,
        NUMBERS,
        1,
        count=(2, 3),
    ),
)
