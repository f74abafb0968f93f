"""How modules of torch.nn are placed: which rank each needs, its constructor for what is there, what it leaves.

In: a Draft. Out: the Draft with the layer applied, or Unplaceable. Not covered: functions (functions.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from triton_data.generate.llm_modules.offline.draft import WIDTHS, Draft, Unplaceable

Place = Callable[[Draft], None]
ANY = 0


def linear(d: Draft) -> None:
    width = d.rng.choice(WIDTHS)
    d.let(f"{d.layer('linear', f'nn.Linear({d.shape[-1]}, {width})')}(x)", (*d.shape[:-1], width))


def conv(d: Draft, dims: int) -> None:
    width, kernel, stride = d.rng.choice((8, 12, 16)), d.rng.choice((1, 3)), d.rng.choice((1, 1, 2))
    groups = d.rng.choice([each for each in (1, 1, 2, 4) if d.shape[1] % each == 0 and width % each == 0])
    dilation = d.rng.choice((1, 1, 2)) if kernel == 3 else 1
    padding = dilation * (kernel // 2)
    more = "".join([f", stride={stride}", f", padding={padding}", f", dilation={dilation}", f", groups={groups}"])
    layer = d.layer("conv", f"nn.Conv{dims}d({d.shape[1]}, {width}, {kernel}{more})")
    sizes = [(n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 for n in d.shape[2:]]
    d.let(f"{layer}(x)", (d.shape[0], width, *sizes))


def conv_transpose(d: Draft, dims: int) -> None:
    width, kernel = d.rng.choice((4, 8, 12)), d.rng.choice((2, 3))
    stride = d.rng.choice((1, 2)) if max(d.shape[2:]) <= 12 else 1
    padding = d.rng.choice((0, 1)) if min(d.shape[2:]) > 2 else 0
    layer = d.layer(
        "up", f"nn.ConvTranspose{dims}d({d.shape[1]}, {width}, {kernel}, stride={stride}, padding={padding})"
    )
    sizes = [(n - 1) * stride - 2 * padding + kernel for n in d.shape[2:]]
    d.let(f"{layer}(x)", (d.shape[0], width, *sizes))


def activation(d: Draft, text: str) -> None:
    d.let(f"{d.layer('act', f'nn.{text}')}(x)", d.shape)


def prelu(d: Draft) -> None:
    width = d.shape[1] if d.rank > 1 and d.rng.random() < 0.5 else 1
    d.let(f"{d.layer('act', f'nn.PReLU({width})')}(x)", d.shape)


def glu(d: Draft) -> None:
    axis = next((each for each in range(d.rank - 1, 0, -1) if d.shape[each] % 2 == 0 and d.shape[each] > 2), 0)
    if not axis:
        raise Unplaceable("no even axis")
    shape = (*d.shape[:axis], d.shape[axis] // 2, *d.shape[axis + 1 :])
    d.let(f"{d.layer('glu', f'nn.GLU(dim={axis})')}(x)", shape)


def over_last(d: Draft, name: str) -> None:
    if d.shape[-1] < 2:
        raise Unplaceable("one number has no variance")
    d.let(f"{d.layer('norm', f'nn.{name}({d.shape[-1]})')}(x)", d.shape)


def over_channels(d: Draft, name: str, more: str = "") -> None:
    if d.rank > 2 and min(d.shape[2:]) < 2:
        raise Unplaceable("one number has no variance")
    d.let(f"{d.layer('norm', f'nn.{name}({d.shape[1]}{more})')}(x)", d.shape)


def group_norm(d: Draft) -> None:
    if d.rank < 3:
        d.to_rank(3)
    groups = d.rng.choice([each for each in (1, 2, 3, 4) if d.shape[1] % each == 0])
    if d.shape[1] // groups * d.shape[2] < 2:
        raise Unplaceable("one number has no variance")
    d.let(f"{d.layer('norm', f'nn.GroupNorm({groups}, {d.shape[1]})')}(x)", d.shape)


def local_response(d: Draft) -> None:
    d.let(f"{d.layer('norm', f'nn.LocalResponseNorm({d.rng.choice((2, 3))})')}(x)", d.shape)


def pool(d: Draft, name: str, dims: int) -> None:
    if min(d.shape[2:]) < 3:
        raise Unplaceable("too small to pool")
    kernel = d.rng.choice((2, 3))
    text = f"nn.{name}{dims}d({kernel}, stride=2)" if name != "LPPool" else f"nn.LPPool{dims}d(2, {kernel}, stride=2)"
    inner = "x.abs() + 0.1" if name == "LPPool" else "x"  # the gradient and the root of a sum of nothing
    d.let(f"{d.layer('pool', text)}({inner})", (*d.shape[:2], *((n - kernel) // 2 + 1 for n in d.shape[2:])))


def adaptive(d: Draft, name: str, dims: int) -> None:
    size = d.rng.choice((2, 3, 4))
    d.let(f"{d.layer('pool', f'nn.{name}{dims}d({size})')}(x)", (*d.shape[:2], *(size,) * dims))


def pixel_shuffle(d: Draft) -> None:
    if d.shape[1] % 4:
        raise Unplaceable("channels are no multiple of four")
    n, c, h, w = d.shape
    d.let(f"{d.layer('shuffle', 'nn.PixelShuffle(2)')}(x)", (n, c // 4, h * 2, w * 2))


def pixel_unshuffle(d: Draft) -> None:
    n, c, h, w = d.shape
    if h % 2 or w % 2:
        raise Unplaceable("odd sizes")
    d.let(f"{d.layer('unshuffle', 'nn.PixelUnshuffle(2)')}(x)", (n, c * 4, h // 2, w // 2))


def channel_shuffle(d: Draft) -> None:
    groups = next((each for each in (2, 3, 4) if d.shape[1] % each == 0 and d.shape[1] > each), 0)
    if not groups:
        raise Unplaceable("channels cannot be grouped")
    d.let(f"{d.layer('shuffle', f'nn.ChannelShuffle({groups})')}(x)", d.shape)


def pad(d: Draft, name: str) -> None:
    left, right = d.rng.choice((1, 2)), d.rng.choice((0, 1, 2))
    if min(d.shape[2:]) <= 2:
        raise Unplaceable("too small to be reflected")
    widths = (left, right) * (d.rank - 2)
    sizes = [n + left + right for n in d.shape[2:]]
    d.let(f"{d.layer('pad', f'nn.{name}({widths})')}(x)", (*d.shape[:2], *sizes))


def upsample(d: Draft) -> None:
    mode = d.rng.choice(("nearest", "bilinear"))
    n, c, h, w = d.shape
    d.let(f"{d.layer('up', f'nn.Upsample(scale_factor=2, mode={mode!r})')}(x)", (n, c, h * 2, w * 2))


def dropout(d: Draft, name: str) -> None:
    d.let(f"{d.layer('drop', f'nn.{name}({d.rng.choice((0.1, 0.2, 0.5))})')}(x)", d.shape)


# ---- compound --------------------------------------------------------------------------------------------------


def to_width(d: Draft, widths: tuple[int, ...] = (16, 24, 32)) -> int:
    """x with a last axis of one of these widths."""
    if d.shape[-1] not in widths:
        width = d.rng.choice(widths)
        d.let(f"{d.layer('project', f'nn.Linear({d.shape[-1]}, {width})')}(x)", (*d.shape[:-1], width))
    return d.shape[-1]


def attention(d: Draft) -> None:
    width = to_width(d)
    heads = d.rng.choice((2, 4))
    layer = d.layer("attention", f"nn.MultiheadAttention({width}, {heads}, batch_first=True)")
    d.let(f"{layer}(x, x, x, need_weights=False)[0]", d.shape)


def encoder_layer(d: Draft) -> None:
    width = to_width(d)
    args = f"{width}, 2, dim_feedforward={2 * width}, dropout=0.0, batch_first=True, norm_first={d.rng.random() < 0.5}"
    d.let(f"{d.layer('encoder', f'nn.TransformerEncoderLayer({args})')}(x)", d.shape)


def gru_cell(d: Draft) -> None:
    width = d.rng.choice((16, 24))
    d.let(f"{d.layer('cell', f'nn.GRUCell({d.shape[-1]}, {width})')}(x)", (d.shape[0], width))


def bilinear(d: Draft) -> None:
    width = to_width(d)
    other, out = d.rng.choice((8, 12)), d.rng.choice(WIDTHS)
    name = d.new("y")
    d.inputs.append((name, (*d.shape[:-1], other)))
    d.let(f"{d.layer('bilinear', f'nn.Bilinear({width}, {other}, {out})')}(x, {name})", (*d.shape[:-1], out))


def _by_dims(place: Callable[..., None], stem: str, **more: str) -> dict[str, tuple[int, Place]]:
    return {f"nn.{stem}{n}d": (n + 2, partial(place, dims=n, **more)) for n in (1, 2, 3)}


_ACTIVATIONS = {
    "ReLU": "ReLU()", "LeakyReLU": "LeakyReLU(0.1)", "ELU": "ELU()", "SELU": "SELU()", "CELU": "CELU(1.3)",
    "GELU": "GELU()", "SiLU": "SiLU()", "Mish": "Mish()", "Sigmoid": "Sigmoid()", "Tanh": "Tanh()",
    "Softplus": "Softplus()", "Softsign": "Softsign()", "Hardtanh": "Hardtanh(-0.8, 0.9)", "Hardswish": "Hardswish()",
    "Hardsigmoid": "Hardsigmoid()", "LogSigmoid": "LogSigmoid()", "Tanhshrink": "Tanhshrink()",
    "Softshrink": "Softshrink(0.1)", "Hardshrink": "Hardshrink(0.1)", "ReLU6": "ReLU6()",
    "Threshold": "Threshold(0.05, -0.1)",
}  # fmt: skip

LAYERS: dict[str, tuple[int, Place]] = {
    "nn.Linear": (ANY, linear),
    **_by_dims(conv, "Conv"),
    **_by_dims(conv_transpose, "ConvTranspose"),
    **{f"nn.{name}": (ANY, partial(activation, text=text)) for name, text in _ACTIVATIONS.items()},
    "nn.PReLU": (ANY, prelu),
    "nn.GLU": (ANY, glu),
    "nn.LayerNorm": (ANY, partial(over_last, name="LayerNorm")),
    "nn.RMSNorm": (ANY, partial(over_last, name="RMSNorm")),
    **{f"nn.BatchNorm{n}d": (n + 2, partial(over_channels, name=f"BatchNorm{n}d")) for n in (1, 2, 3)},
    **{
        f"nn.InstanceNorm{n}d": (n + 2, partial(over_channels, name=f"InstanceNorm{n}d", more=", affine=True"))
        for n in (1, 2, 3)
    },
    "nn.GroupNorm": (ANY, group_norm),
    "nn.LocalResponseNorm": (4, local_response),
    **{
        f"nn.{name}{n}d": (n + 2, partial(pool, name=name, dims=n))
        for name in ("MaxPool", "AvgPool")
        for n in (1, 2, 3)
    },
    "nn.LPPool2d": (4, partial(pool, name="LPPool", dims=2)),
    "nn.AdaptiveAvgPool1d": (3, partial(adaptive, name="AdaptiveAvgPool", dims=1)),
    "nn.AdaptiveAvgPool2d": (4, partial(adaptive, name="AdaptiveAvgPool", dims=2)),
    "nn.AdaptiveMaxPool2d": (4, partial(adaptive, name="AdaptiveMaxPool", dims=2)),
    "nn.PixelShuffle": (4, pixel_shuffle),
    "nn.PixelUnshuffle": (4, pixel_unshuffle),
    "nn.ChannelShuffle": (4, channel_shuffle),
    "nn.ZeroPad2d": (4, partial(pad, name="ZeroPad2d")),
    "nn.ReflectionPad1d": (3, partial(pad, name="ReflectionPad1d")),
    "nn.ReplicationPad2d": (4, partial(pad, name="ReplicationPad2d")),
    "nn.Upsample": (4, upsample),
    "nn.Dropout": (ANY, partial(dropout, name="Dropout")),
    "nn.Dropout2d": (4, partial(dropout, name="Dropout2d")),
    "nn.MultiheadAttention": (3, attention),
    "nn.TransformerEncoderLayer": (3, encoder_layer),
    "nn.GRUCell": (2, gru_cell),
    "nn.Bilinear": (ANY, bilinear),
}
