"""Sums of products: matrix products in all their spellings. two FLOPs a product, as torch's FlopCounterMode counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, WIDE, Argument, Call, Operator, Rule, Spec
from triton_data.generate.operators.rules import axis

FAMILY = "matmul"


def contracted(call: Call, peaks: Sequence[float]) -> float:
    terms = call.flops / 2 / max(1, call.output.elements)
    return float(max(1.0, terms**0.5) * peaks[0] * peaks[1] / 2 + sum(peaks[2:]))


def _entry(name: str, code: str, take: Rule, make: Rule | None, ranks: tuple[int, int], layer: str = "",
           dtypes: tuple[str, ...] = FLOATS, bound: float = inf) -> Operator:  # fmt: skip
    kinds = ("features", "sequence", "batch")
    return Operator(name, FAMILY, code, take, make, dtypes, ranks, kinds, None, contracted, layer, bound)


def _products(x: Spec, n: int, /, *more: Argument, second: Argument, out: tuple[int, ...], **settings: Any) -> Call:
    return Call((Argument(x), second, *more), x.of(*out), 2 * x.elements * n, settings)


# ---- x[..., k] @ w -------------------------------------------------------------------------------------------------


def _linear(bias: bool) -> tuple[Rule, Rule]:
    def call(x: Spec, n: int) -> Call:
        k = x.shape[-1]
        more = (Argument(x.of(n), weight=True),) if bias else ()
        second = Argument(x.of(n, k), weight=True, fan=k)
        return _products(x, n, *more, second=second, out=(*x.shape[:-1], n), k=k, n=n)

    return (lambda x, draw: call(x, draw.size())), (
        lambda out, draw: call(out.of(*out.shape[:-1], draw.size()), out.shape[-1])
    )


def _matmul(x: Spec, draw: Draw) -> Call:
    k, n, batched = x.shape[-1], draw.size(), draw.chance(0.5)
    second = x.of(*(x.shape[:-2] if batched else ()), k, n)
    return _products(x, n, second=Argument(second, fan=k), out=(*x.shape[:-1], n))


def _matmul_made(out: Spec, draw: Draw) -> Call:
    k, n, batched = draw.size(), out.shape[-1], draw.chance(0.5)
    second = out.of(*(out.shape[:-2] if batched else ()), k, n)
    return _products(out.of(*out.shape[:-1], k), n, second=Argument(second, fan=k), out=out.shape)


def _square(transposed: str) -> tuple[Rule, Rule]:
    """Two operands of one rank; `transposed` names those that are stored the other way: '', 'a', 'b', 'ab'."""

    def call(lead: tuple[int, ...], m: int, k: int, n: int, out: Spec) -> Call:
        first = out.of(*lead, *((k, m) if "a" in transposed else (m, k)))
        second = out.of(*lead, *((n, k) if "b" in transposed else (k, n)))
        return _products(first, n, second=Argument(second, fan=k), out=(*lead, m, n))

    def take(x: Spec, draw: Draw) -> Call:
        m, k = (x.shape[-1], x.shape[-2]) if "a" in transposed else (x.shape[-2], x.shape[-1])
        return call(x.shape[:-2], m, k, draw.size(), x)

    def make(out: Spec, draw: Draw) -> Call | None:
        return call(out.shape[:-2], out.shape[-2], draw.size(), out.shape[-1], out) if out.rank >= 2 else None

    return take, make


def _added(batched: bool) -> tuple[Rule, Rule]:
    take, make = _square("")

    def with_bias(call: Call | None, draw: Draw) -> Call | None:
        if call is None or call.output.rank != 2 + batched:
            return None
        bias = call.output if draw.chance(0.5) else call.output.of(call.output.shape[-1])
        return Call(
            (*call.arguments, Argument(bias)),
            call.output,
            call.flops,
            {"beta": draw.choice((1, 0.5)), "alpha": draw.choice((1, 2))},
        )

    return (lambda x, draw: with_bias(take(x, draw), draw)), (lambda out, draw: with_bias(make(out, draw), draw))


def _mv(x: Spec, draw: Draw) -> Call:
    return _products(x, 1, second=Argument(x.of(x.shape[1]), fan=x.shape[1]), out=x.shape[:1])


def _dot(x: Spec, draw: Draw) -> Call:
    return _products(x, 1, second=Argument(x, fan=x.shape[0]), out=())


def _outer(x: Spec, draw: Draw) -> Call:
    n = draw.size()
    return Call((Argument(x), Argument(x.of(n))), x.of(x.shape[0], n), x.shape[0] * n)


def _kron(x: Spec, draw: Draw) -> Call:
    second = tuple(draw.choice((2, 3, 4)) for _ in x.shape)
    out = x.of(*(a * b for a, b in zip(x.shape, second, strict=True)))
    return Call((Argument(x), Argument(x.of(*second))), out, out.elements)


def _bilinear(x: Spec, draw: Draw) -> Call:
    a, b, n = x.shape[-1], draw.size("head"), draw.size("head")
    rows = x.elements // a
    weight = Argument(x.of(n, a, b), weight=True, fan=a * b)
    out = x.of(*x.shape[:-1], n)
    return Call((Argument(x), Argument(x.of(*x.shape[:-1], b)), weight), out, 2 * rows * n * b * (a + 1))


def _tensordot(x: Spec, draw: Draw) -> Call:
    n, (j, k) = draw.size("head"), x.shape[-2:]
    return _products(x, n, second=Argument(x.of(j, k, n), fan=j * k), out=(*x.shape[:-2], n))


def _chain(x: Spec, draw: Draw) -> Call:
    m, k, r, n = *x.shape, draw.size("head"), draw.size()
    second, third = Argument(x.of(k, r), fan=k), Argument(x.of(r, n), fan=r)
    return Call((Argument(x), second, third), x.of(m, n), 2 * m * r * (k + n))


def _cdist(x: Spec, draw: Draw) -> Call:
    rows = draw.size("sequence")
    out = x.of(*x.shape[:-1], rows)
    return Call((Argument(x), Argument(x.of(*x.shape[:-2], rows, x.shape[-1]))), out, 3 * out.elements * x.shape[-1])


def _similar(x: Spec, draw: Draw) -> Call | None:
    dim = axis(x, draw)
    if dim is None:
        return None
    out = x.of(*x.shape[:dim], *x.shape[dim + 1 :])
    return Call((Argument(x), Argument(x)), out, 6 * x.elements, {"dim": dim})


# ---- einsum: letters of the operands; what is drawn anew is the last letter of the output --------------------------


def _einsum(name: str, first: str, second: str, output: str, ranks: int) -> Operator:
    def take(x: Spec, draw: Draw) -> Call:
        sizes = dict(zip(first, x.shape, strict=True))
        for letter in second:
            if letter not in sizes:
                sizes[letter] = draw.size("head")
        products = 2
        for letter in sizes:
            products *= sizes[letter]
        fan = 1
        for letter in set(first + second) - set(output):
            fan *= sizes[letter]
        other = Argument(x.of(*(sizes[letter] for letter in second)), fan=fan)
        return Call((Argument(x), other), x.of(*(sizes[letter] for letter in output)), products)

    code = f"torch.einsum('{first},{second}->{output}', {{0}}, {{1}})"
    bound = inf if set(first + second) - set(output) else 2  # nothing is added up in the second case
    return _entry(f"einsum_{name}", code, take, None, (ranks, ranks), bound=bound)


OPERATORS = (
    _entry("linear", "F.linear({0}, {1}, {2})", *_linear(True), (1, 4), "nn.Linear({k}, {n})"),
    _entry("linear_without_bias", "F.linear({0}, {1})", *_linear(False), (1, 4), "nn.Linear({k}, {n}, bias=False)"),
    _entry("matmul", "torch.matmul({0}, {1})", _matmul, _matmul_made, (2, 4)),
    _entry("mm", "torch.mm({0}, {1})", *_square(""), (2, 2)),
    _entry("mm_nt", "{0} @ {1}.transpose(-1, -2)", *_square("b"), (2, 4)),
    _entry("mm_tn", "{0}.transpose(-1, -2) @ {1}", *_square("a"), (2, 4)),
    _entry("mm_tt", "{0}.mT @ {1}.mT", *_square("ab"), (2, 4)),
    _entry("bmm", "torch.bmm({0}, {1})", *_square(""), (3, 3)),
    _entry("addmm", "torch.addmm({2}, {0}, {1}, beta={beta}, alpha={alpha})", *_added(False), (2, 2)),
    _entry("baddbmm", "torch.baddbmm({2}, {0}, {1}, beta={beta}, alpha={alpha})", *_added(True), (3, 3)),
    _entry("mv", "torch.mv({0}, {1})", _mv, None, (2, 2), bound=2),
    _entry("dot", "torch.dot({0}, {1})", _dot, None, (1, 1), bound=2),
    _entry("bilinear", "F.bilinear({0}, {1}, {2})", _bilinear, None, (2, 3)),
    _entry("tensordot", "torch.tensordot({0}, {1}, dims=2)", _tensordot, None, (3, 4)),
    _entry("multi_dot", "{0} @ {1} @ {2}", _chain, None, (2, 2)),
    _einsum("ik_kj", "ik", "kj", "ij", 2),
    _einsum("bik_bjk", "bik", "bjk", "bij", 3),
    _einsum("bhid_bhjd", "bhid", "bhjd", "bhij", 4),
    _einsum("bnd_hde", "bnd", "hde", "bhne", 3),
    _einsum("bchw_co", "bchw", "co", "bohw", 4),
    _einsum("bi_bj", "bi", "bj", "bij", 2),
    Operator("outer", FAMILY, "torch.outer({0}, {1})", _outer, None, ranks=(1, 1), peak=contracted, bound=1),
    Operator("kron", FAMILY, "torch.kron({0}, {1})", _kron, None, ranks=(1, 2), peak=contracted, bound=1),
    Operator(
        "cdist",
        FAMILY,
        "torch.cdist({0}, {1})",
        _cdist,
        None,
        WIDE,
        (2, 3),
        ("head", "sequence"),
        None,
        lambda call, peaks: sum(peaks) * call.arguments[0].spec.shape[-1] ** 0.5,
    ),
    Operator(
        "cosine_similarity",
        FAMILY,
        "F.cosine_similarity({0}, {1}, dim={dim})",
        _similar,
        None,
        ranks=(1, 4),
        gives=(-1.1, 1.1),
        bound=6,
    ),
)
