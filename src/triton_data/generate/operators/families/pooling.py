"""Pooling, and images made larger, smaller, folded and unfolded."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, INSIDE, POSITIVE, WIDE, Argument, Call, Operator, Rule, Spec
from triton_data.generate.operators.families.conv import KINDS
from triton_data.generate.operators.rules import divisors, times

POOL, VISION = "pooling", "vision"


def _windows(x: Spec, draw: Draw, padded: bool = True) -> tuple[tuple[int, ...], int, dict[str, object]] | None:
    spatial = x.shape[2:]
    kernel, stride = draw.choice((2, 2, 3, 5)), draw.choice((1, 2, 2, 3))
    padding = draw.integer(0, kernel // 2) if padded else 0
    out = tuple((size + 2 * padding - kernel) // stride + 1 for size in spatial)
    if min(spatial) < kernel:
        return None
    return out, kernel ** len(spatial), {"kernel": kernel, "stride": stride, "padding": padding}


def _pool(x: Spec, draw: Draw) -> Call | None:
    windows = _windows(x, draw)
    if windows is None:
        return None
    output = x.of(*x.shape[:2], *windows[0])
    return Call((Argument(x),), output, output.elements * windows[1], windows[2])


def _power_pool(x: Spec, draw: Draw) -> Call | None:
    windows = _windows(x, draw, padded=False)
    if windows is None:
        return None
    output = x.of(*x.shape[:2], *windows[0])
    return Call(
        (Argument(x, POSITIVE),),
        output,
        3 * output.elements * windows[1],
        {**windows[2], "norm": draw.choice((2.0, 3.0))},
    )


def _adaptive(x: Spec, draw: Draw) -> Call:
    sizes = tuple(draw.choice([each for each in (1, 2, 3, 5, 7) if each <= size]) for size in x.shape[2:])
    output = x.of(*x.shape[:2], *sizes)
    return Call((Argument(x),), output, x.elements, {"size": sizes if len(sizes) > 1 else sizes[0]})


def _scaled(factors: tuple[int, ...]) -> Rule:
    def take(x: Spec, draw: Draw) -> Call:
        factor = draw.choice(factors)
        output = x.of(*x.shape[:2], *(size * factor for size in x.shape[2:]))
        return Call((Argument(x),), output, 4 * output.elements, {"factor": factor, "corners": draw.chance(0.5)})

    return take


def _shrunk(x: Spec, draw: Draw) -> Call | None:
    if min(x.shape[2:]) < 2:
        return None
    output = x.of(*x.shape[:2], *(size // 2 for size in x.shape[2:]))
    return Call((Argument(x),), output, 4 * output.elements)


def _shuffled(x: Spec, draw: Draw) -> Call | None:
    factors = [each for each in (2, 3, 4) if x.shape[1] % (each * each) == 0]
    if not factors:
        return None
    n, c, h, w, r = *x.shape, draw.choice(factors)
    return Call((Argument(x),), x.of(n, c // (r * r), h * r, w * r), 0, {"factor": r})


def _unshuffled(x: Spec, draw: Draw) -> Call | None:
    n, c, h, w = x.shape
    factors = [each for each in (2, 3, 4) if h % each == 0 and w % each == 0]
    if not factors:
        return None
    r = draw.choice(factors)
    return Call((Argument(x),), x.of(n, c * r * r, h // r, w // r), 0, {"factor": r})


def _channel_shuffle(x: Spec, draw: Draw) -> Call | None:
    groups = divisors(x.shape[1])
    return Call((Argument(x),), x, 0, {"groups": draw.choice(groups)}) if groups else None


def _unfold(x: Spec, draw: Draw) -> Call | None:
    windows = _windows(x, draw)
    if windows is None:
        return None
    out = x.of(x.shape[0], x.shape[1] * windows[1], windows[0][0] * windows[0][1])
    return Call((Argument(x),), out, 0, windows[2])


def _fold(x: Spec, draw: Draw) -> Call | None:
    """Columns without overlap become an image of `factor` rows."""
    r = draw.choice((2, 3))
    if x.shape[1] % (r * r) or x.shape[1] < r * r:
        return None
    out = x.of(x.shape[0], x.shape[1] // (r * r), r, x.shape[2] * r)
    return Call((Argument(x),), out, x.elements, {"factor": r, "size": (r, x.shape[2] * r)})


def _grid(x: Spec, draw: Draw) -> Call:
    h, w = draw.size("spatial"), draw.size("spatial")
    out = x.of(*x.shape[:2], h, w)
    grid = Argument(x.of(x.shape[0], h, w, 2), INSIDE)
    return Call((Argument(x), grid), out, 12 * out.elements)


def _pooling(
    name: str, spatial: int, code: str, take: Rule, dtypes: tuple[str, ...] = FLOATS, bound: float = 0
) -> Operator:
    return Operator(
        f"{name}{spatial}d", POOL, code, take, None, dtypes, (spatial + 2, spatial + 2), KINDS[spatial], bound=bound
    )


def _resampled(name: str, spatial: int, mode: str, more: str = "", take: Rule | None = None) -> Operator:
    code = f"F.interpolate({{0}}, scale_factor={{factor}}, mode='{mode}'{more})"
    return Operator(name, VISION, code, take or _scaled((2, 3)), None, ranks=(spatial + 2, spatial + 2),
                    kinds=KINDS[spatial], bound=4, peak=times(1.5))  # fmt: skip


_WINDOW = "{0}, {kernel}, stride={stride}, padding={padding}"
_CORNERS = ", align_corners={corners}"
OPERATORS = (
    *(_pooling("avg_pool", n, f"F.avg_pool{n}d({_WINDOW})", _pool, FLOATS if n < 3 else WIDE, 5**n) for n in (1, 2, 3)),
    *(_pooling("max_pool", n, f"F.max_pool{n}d({_WINDOW})", _pool, bound=5**n) for n in (1, 2, 3)),
    *(
        _pooling(
            "lp_pool", n, f"F.lp_pool{n}d({{0}}, {{norm}}, {{kernel}}, stride={{stride}})", _power_pool, WIDE, 3 * 5**n
        )
        for n in (1, 2)
    ),
    *(
        _pooling("adaptive_avg_pool", n, f"F.adaptive_avg_pool{n}d({{0}}, {{size}})", _adaptive, bound=1)
        for n in (1, 2, 3)
    ),
    *(
        _pooling("adaptive_max_pool", n, f"F.adaptive_max_pool{n}d({{0}}, {{size}})", _adaptive, bound=1)
        for n in (1, 2, 3)
    ),
    _resampled("interpolate_nearest", 2, "nearest"),
    _resampled("interpolate_nearest1d", 1, "nearest"),
    _resampled("interpolate_linear", 1, "linear", _CORNERS),
    _resampled("interpolate_bilinear", 2, "bilinear", _CORNERS),
    _resampled("interpolate_bicubic", 2, "bicubic", _CORNERS),
    _resampled("interpolate_trilinear", 3, "trilinear", _CORNERS),
    Operator(
        "interpolate_area",
        VISION,
        "F.interpolate({0}, scale_factor=0.5, mode='area')",
        _shrunk,
        None,
        FLOATS,
        (4, 4),
        KINDS[2],
        bound=4,
    ),
    Operator(
        "pixel_shuffle", VISION, "F.pixel_shuffle({0}, {factor})", _shuffled, None, FLOATS, (4, 4), KINDS[2], bound=0
    ),
    Operator(
        "pixel_unshuffle",
        VISION,
        "F.pixel_unshuffle({0}, {factor})",
        _unshuffled,
        None,
        FLOATS,
        (4, 4),
        KINDS[2],
        bound=0,
    ),
    Operator(
        "channel_shuffle",
        VISION,
        "F.channel_shuffle({0}, {groups})",
        _channel_shuffle,
        None,
        FLOATS,
        (4, 4),
        KINDS[2],
        bound=0,
    ),
    Operator(
        "unfold",
        VISION,
        "F.unfold({0}, {kernel}, stride={stride}, padding={padding})",
        _unfold,
        None,
        FLOATS,
        (4, 4),
        KINDS[2],
        bound=0,
    ),
    Operator(
        "fold",
        VISION,
        "F.fold({0}, {size}, kernel_size={factor}, stride={factor})",
        _fold,
        None,
        FLOATS,
        (3, 3),
        ("sequence", "channels", "batch"),
        bound=1,
    ),
    Operator(
        "grid_sample",
        VISION,
        "F.grid_sample({0}, {1}, align_corners=False)",
        _grid,
        None,
        WIDE,
        (4, 4),
        KINDS[2],
        bound=12,
    ),
)
