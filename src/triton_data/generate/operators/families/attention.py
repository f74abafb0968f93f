"""Scaled dot product attention, rotary embeddings, and what stands around them."""

from __future__ import annotations

from math import inf

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import Argument, Call, Operator, Rule, Spec
from triton_data.generate.operators.rules import divisors

FAMILY = "attention"
KINDS = ("head", "sequence", "batch", "batch")


def _attention(kind: str) -> Rule:
    def call(x: Spec, draw: Draw) -> Call | None:
        b, h, s, d = x.shape
        other, groups = draw.size("sequence"), draw.choice([1, *divisors(h)])
        t = s if kind == "causal" else other
        heads = h // groups if kind == "grouped" else h
        if kind == "grouped" and h < 2:
            return None
        keys = Argument(x.of(b, heads, t, d))
        mask = (Argument(Spec((s, t), x.dtype)),) if kind == "biased" else ()
        mask = (Argument(Spec((s, t), "bool")),) if kind == "masked" else mask
        return Call((Argument(x), keys, keys, *mask), x, 4 * b * h * s * t * d)

    return call


def _weights(x: Spec, draw: Draw) -> Call:
    b, h, s, d = x.shape
    t = draw.size("sequence")
    out = x.of(b, h, s, t)
    return Call(
        (Argument(x), Argument(x.of(b, h, t, d), fan=d)),
        out,
        2 * out.elements * d,
        {"scale": round(float(d) ** -0.5, 4)},
    )


def _mask(x: Spec, draw: Draw) -> Call:
    return Call((Argument(x),), x, 5 * x.elements, {"size": tuple(x.shape[-2:])})


def _rotary(x: Spec, draw: Draw) -> Call | None:
    if x.shape[-1] % 2:
        return None
    angle = Argument(x.of(*x.shape[-2:]))
    return Call((Argument(x), angle, angle), x, 3 * x.elements, {"half": x.shape[-1] // 2})


def _alibi(x: Spec, draw: Draw) -> Call:
    _, h, s, t = x.shape
    return Call((Argument(x), Argument(x.of(h, 1, 1)), Argument(x.of(s, t))), x, 7 * x.elements)


def _entry(
    name: str, code: str, take: Rule, both: bool = True, gives: tuple[float, float] | None = None, bound: float = inf
) -> Operator:
    return Operator(
        name, FAMILY, code, take, take if both else None, ranks=(4, 4), kinds=KINDS, gives=gives, bound=bound
    )


_SDPA = "F.scaled_dot_product_attention({0}, {1}, {2}"
_CAUSAL = "torch.ones({size}, dtype=torch.bool, device={0}.device)"
OPERATORS = (
    _entry("attention", _SDPA + ")", _attention("plain")),
    _entry("attention_causal", _SDPA + ", is_causal=True)", _attention("causal")),
    _entry("attention_masked", _SDPA + ", attn_mask={3} | ~{3}.any(dim=-1, keepdim=True))", _attention("masked")),
    _entry("attention_biased", _SDPA + ", attn_mask={3})", _attention("biased")),
    _entry("attention_grouped", _SDPA + ", enable_gqa=True)", _attention("grouped")),
    _entry(
        "attention_weights", "torch.softmax({0} @ {1}.transpose(-1, -2) * {scale}, dim=-1)", _weights, False, (0, 1)
    ),
    _entry(
        "causal_softmax",
        f"torch.softmax({{0}}.masked_fill(~{_CAUSAL}.tril(), float('-inf')), dim=-1)",
        _mask,
        True,
        (0, 1),
        5,
    ),
    _entry(
        "rotary",
        "{0} * torch.cos({1}) + torch.cat([-{0}[..., {half}:], {0}[..., :{half}]], dim=-1) * torch.sin({2})",
        _rotary,
        bound=3,
    ),
    _entry("alibi_softmax", "torch.softmax({0} - torch.abs({1}) * torch.abs({2}), dim=-1)", _alibi, True, (0, 1), 7),
)
