"""How functions of torch are placed: with a guard where numbers could run away, and with a second operand where one is
needed.

In: a Draft. Out: the Draft with the function applied, or Unplaceable. Not covered: modules of torch.nn (layers.py).
"""

from __future__ import annotations

from functools import partial

from triton_data.generate.llm_modules.offline.draft import WIDTHS, Draft, Unplaceable
from triton_data.generate.llm_modules.offline.layers import ANY, Place, to_width


def unary(d: Draft, text: str) -> None:
    d.let(text, d.shape)


def binary(d: Draft, text: str) -> None:
    d.let(text.format(d.other()), d.shape)


def matmul(d: Draft) -> None:
    if d.rank >= 3 and d.rng.random() < 0.4:  # with itself, transposed: rows against rows
        rows = d.shape[-2]
        if rows > 64:
            raise Unplaceable("too many rows")
        scale = round(d.shape[-1] ** -0.5, 4)
        d.let(f"torch.matmul(x, x.transpose(-2, -1)) * {scale}", (*d.shape[:-1], rows))
        return
    width = d.rng.choice(WIDTHS)
    weight = d.parameter((d.shape[-1], width))
    d.let(f"torch.matmul(x, {weight}) * {round(d.shape[-1] ** -0.5, 4)}", (*d.shape[:-1], width))


def attention(d: Draft) -> None:
    to_width(d)
    causal = ", is_causal=True" if d.rng.random() < 0.5 else ""
    d.let(f"F.scaled_dot_product_attention(x, x.tanh(), x{causal})", d.shape)


def einsum(d: Draft) -> None:
    width = d.rng.choice(WIDTHS)
    weight = d.parameter((d.shape[-1], width))
    letters = "bcdef"[: d.rank - 1]
    d.let(
        f'torch.einsum("{letters}i,io->{letters}o", x, {weight}) * {round(d.shape[-1] ** -0.5, 4)}',
        (*d.shape[:-1], width),
    )


def reduction(d: Draft, name: str, more: str = "") -> None:
    """Kept and used again, or taken away where an axis can be spared."""
    axis = d.axis()
    if d.shape[axis] < 2:
        raise Unplaceable("nothing to reduce")
    call = f"{name}(x, dim={axis}{more}"
    if d.rank > 2 and d.rng.random() < 0.3:
        d.let(f"{call})", (*d.shape[:axis], *d.shape[axis + 1 :]))
        return
    sign = d.rng.choice("+-*")
    scale = f" / {d.shape[axis]}" if name == "torch.sum" else ""
    d.let(f"x {sign} {call}, keepdim=True){scale}", d.shape)


def argmax(d: Draft) -> None:
    axis = d.axis()
    d.let(f"x + torch.argmax(x, dim={axis}, keepdim=True) * 0.01", d.shape)


def along(d: Draft, text: str) -> None:
    d.let(text.format(d.axis()), d.shape)


def flatten(d: Draft) -> None:
    if d.rank < 4:
        raise Unplaceable("nothing to flatten")
    d.let("torch.flatten(x, 2)", (*d.shape[:2], _product(d.shape[2:])))


def reshape(d: Draft) -> None:
    if d.rank < 3:
        raise Unplaceable("nothing to reshape")
    shape = (d.shape[0], d.shape[2], d.shape[1], *d.shape[3:])
    d.let(f"torch.reshape(x, (x.shape[0], {', '.join(map(str, shape[1:]))}))", shape)


def transpose(d: Draft) -> None:
    if d.rank < 3:
        raise Unplaceable("nothing to transpose")
    shape = (d.shape[0], d.shape[2], d.shape[1], *d.shape[3:])
    d.let("torch.transpose(x, 1, 2)", shape)


def permute(d: Draft) -> None:
    if d.rank < 3:
        raise Unplaceable("nothing to permute")
    axes = list(range(1, d.rank))
    d.rng.shuffle(axes)
    order = (0, *axes)
    d.let(f"torch.permute(x, {order}).contiguous()", tuple(d.shape[each] for each in order))


def cat(d: Draft) -> None:
    axis = d.axis()
    half = d.rng.choice(("x.neg()", "x.tanh()", "x * 0.5"))
    d.let(f"torch.cat([x, {half}], dim={axis})", (*d.shape[:axis], 2 * d.shape[axis], *d.shape[axis + 1 :]))


def stack(d: Draft) -> None:
    reduced = d.rng.choice(("amax", "mean", "sum"))
    d.let(f"torch.stack([x, torch.sin(x), x.abs()], dim=0).{reduced}(dim=0)", d.shape)


def chunk(d: Draft) -> None:
    axis = d.axis()
    if d.shape[axis] % 2 or d.shape[axis] < 4:
        raise Unplaceable("an odd axis")
    left, right = d.new("part"), d.new("part")
    d.body.append(f"{left}, {right} = torch.chunk(x, 2, dim={axis})")
    shape = (*d.shape[:axis], d.shape[axis] // 2, *d.shape[axis + 1 :])
    d.let(f"{left} * torch.sigmoid({right})", shape)


def roll(d: Draft) -> None:
    axis = d.axis()
    d.let(f"x + torch.roll(x, {d.rng.choice((1, 2, 3))}, dims={axis})", d.shape)


def flip(d: Draft) -> None:
    d.let(f"x - 0.5 * torch.flip(x, dims=[{d.axis()}])", d.shape)


def unsqueeze(d: Draft) -> None:
    if d.rank > 3:
        raise Unplaceable("axes enough")
    weight = d.parameter((d.rng.choice((3, 4)), 1))
    d.let(f"(torch.unsqueeze(x, -2) * {weight}).amax(dim=-2)", d.shape)


def tril(d: Draft) -> None:
    if d.rank < 3:
        raise Unplaceable("no matrix")
    d.let(f"x + torch.tril(x, diagonal={d.rng.choice((-1, 0, 1))})", d.shape)


def normalize(d: Draft) -> None:
    d.let(f"F.normalize(x, dim={d.axis()})", d.shape)


def _product(sizes: tuple[int, ...]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


_UNARY = {
    "torch.clamp": "torch.clamp(x, -1.5, 2.0)", "torch.abs": "torch.abs(x) - 0.3",
    "torch.exp": "torch.exp(-torch.abs(x))",
    "torch.sin": "torch.sin(x)", "torch.cos": "torch.cos(x)", "torch.square": "torch.square(torch.tanh(x)) + x",
    "torch.sqrt": "torch.sqrt(torch.abs(x) + 0.01)", "torch.rsqrt": "x * torch.rsqrt(torch.square(x) + 1.0)",
    "torch.log1p": "torch.log1p(torch.abs(x))", "torch.pow": "torch.pow(torch.abs(x) + 0.1, 1.5)",
}  # fmt: skip
_BINARY = {
    "torch.add": "torch.add(x, {})", "torch.sub": "torch.sub(x, {}, alpha=0.5)", "torch.mul": "torch.mul(x, {})",
    "torch.div": "torch.div(x, 1.0 + torch.abs({}))", "torch.maximum": "torch.maximum(x, {})",
    "torch.minimum": "torch.minimum(x, {})", "torch.lerp": "torch.lerp(x, ({}).expand_as(x), 0.3)",
    "torch.where": "torch.where(x > 0, x, 0.2 * x + {})",
}  # fmt: skip

FUNCTIONS: dict[str, tuple[int, Place]] = {
    "torch.matmul": (ANY, matmul),
    "F.scaled_dot_product_attention": (3, attention),
    "torch.einsum": (ANY, einsum),
    **{name: (ANY, partial(unary, text=text)) for name, text in _UNARY.items()},
    **{name: (ANY, partial(binary, text=text)) for name, text in _BINARY.items()},
    "F.normalize": (ANY, normalize),
    **{
        f"torch.{name}": (ANY, partial(reduction, name=f"torch.{name}"))
        for name in ("sum", "mean", "amax", "amin", "logsumexp")
    },
    "torch.var": (ANY, partial(reduction, name="torch.var", more=", correction=0")),
    "torch.std": (ANY, partial(reduction, name="torch.std", more=", correction=0")),
    "torch.linalg.vector_norm": (ANY, partial(reduction, name="torch.linalg.vector_norm")),
    "torch.argmax": (ANY, argmax),
    "torch.cumsum": (ANY, partial(along, text="torch.cumsum(x, dim={}) * 0.1")),
    "F.softmax": (ANY, partial(along, text="x * F.softmax(x, dim={})")),
    "F.log_softmax": (ANY, partial(along, text="F.log_softmax(x, dim={})")),
    "torch.flatten": (ANY, flatten),
    "torch.reshape": (ANY, reshape),
    "torch.transpose": (ANY, transpose),
    "torch.permute": (ANY, permute),
    "torch.cat": (ANY, cat),
    "torch.stack": (ANY, stack),
    "torch.chunk": (ANY, chunk),
    "torch.flip": (ANY, flip),
    "torch.roll": (ANY, roll),
    "torch.unsqueeze": (ANY, unsqueeze),
    "torch.tril": (ANY, tril),
}
