"""Normalisations: by layer, group, instance, batch, vector."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, POSITIVE, WIDE, Argument, Call, Operator, Rule, Spec
from triton_data.generate.operators.rules import axis, divisors

FAMILY = "normalisation"
GIVES = (-16.0, 16.0)  # about: what is normalised has deviation one


def _trailing(affine: int, offset: bool = True) -> Rule:
    """Over the last dimension or two, with `affine` parameters of that shape."""

    def take(x: Spec, draw: Draw) -> Call | None:
        count = draw.choice((1, 1, 1, 2)) if x.rank > 2 else 1
        shape = x.shape[-count:]
        if x.rank < 2 or min(shape) < 2:
            return None
        weights = tuple(Argument(x.of(*shape), weight=True) for _ in range(affine))
        return Call((Argument(x), *weights), x, 7 * x.elements, {"shape": tuple(shape)})

    return take


def _grouped(x: Spec, draw: Draw) -> Call | None:
    groups = [each for each in (1, *divisors(x.shape[1])) if x.elements // x.shape[0] // each > 1]
    if not groups:
        return None
    weights = (Argument(x.of(x.shape[1]), weight=True), Argument(x.of(x.shape[1]), weight=True))
    settings = {"groups": draw.choice(groups), "channels": x.shape[1]}
    return Call((Argument(x), *weights), x, 7 * x.elements, settings)


def _instance(x: Spec, draw: Draw) -> Call | None:
    return Call((Argument(x),), x, 7 * x.elements) if x.elements // (x.shape[0] * x.shape[1]) > 1 else None


def _batch(training: bool) -> Rule:
    def take(x: Spec, draw: Draw) -> Call | None:
        if training and x.elements // x.shape[1] < 2:
            return None
        channel = x.of(x.shape[1])
        running = () if training else (Argument(channel), Argument(channel, POSITIVE))
        weights = (Argument(channel, weight=True), Argument(channel, weight=True))
        return Call((Argument(x), *running, *weights), x, 7 * x.elements)

    return take


def _unit(x: Spec, draw: Draw) -> Call | None:
    dim = axis(x, draw)
    return None if dim is None else Call((Argument(x),), x, 3 * x.elements, {"dim": dim, "p": draw.choice((1.0, 2.0))})


def _response(x: Spec, draw: Draw) -> Call:
    size = draw.choice((3, 5))
    return Call((Argument(x),), x, (size + 6) * x.elements, {"size": size})


def _entry(name: str, code: str, take: Rule, ranks: tuple[int, int], layer: str = "", dtypes: tuple[str, ...] = FLOATS,
           gives: tuple[float, float] | None = GIVES, bound: int = 7) -> Operator:  # fmt: skip
    kinds = ("spatial", "spatial", "channels", "batch")[4 - ranks[1] :] if ranks[0] >= 3 else ()
    return Operator(name, FAMILY, code, take, take, dtypes, ranks, kinds, gives, layer=layer, bound=bound)


OPERATORS = (
    _entry("layer_norm", "F.layer_norm({0}, {shape}, {1}, {2})", _trailing(2), (2, 4), "nn.LayerNorm({shape})"),
    _entry("layer_norm_plain", "F.layer_norm({0}, {shape})", _trailing(0), (2, 4)),
    _entry("rms_norm", "F.rms_norm({0}, {shape}, {1})", _trailing(1), (2, 4), "nn.RMSNorm({shape})"),
    _entry(
        "rms_norm_by_hand",
        "{0} * torch.rsqrt(torch.mean({0} * {0}, dim=-1, keepdim=True) + 1e-06)",
        _trailing(0),
        (2, 4),
    ),
    _entry(
        "group_norm", "F.group_norm({0}, {groups}, {1}, {2})", _grouped, (3, 4), "nn.GroupNorm({groups}, {channels})"
    ),
    _entry("instance_norm", "F.instance_norm({0})", _instance, (3, 4)),
    _entry("batch_norm", "F.batch_norm({0}, {1}, {2}, {3}, {4})", _batch(False), (2, 4)),
    _entry("batch_norm_training", "F.batch_norm({0}, None, None, {1}, {2}, training=True)", _batch(True), (2, 4)),
    _entry("normalize", "F.normalize({0}, p={p}, dim={dim})", _unit, (1, 4), gives=(-1, 1), bound=3),
    _entry(
        "standardise",
        "({0} - torch.mean({0}, dim={dim}, keepdim=True)) / (torch.std({0}, dim={dim}, keepdim=True) + 1e-05)",
        _unit,
        (1, 4),
        bound=3,
    ),
    _entry(
        "local_response_norm",
        "F.local_response_norm({0}, {size})",
        _response,
        (3, 4),
        dtypes=WIDE,
        gives=None,
        bound=11,
    ),
)
