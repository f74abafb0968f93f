"""Convolutions and transposed convolutions, one to three spatial dimensions."""

from __future__ import annotations

from functools import partial
from math import inf, prod

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import Argument, Call, Operator, Spec
from triton_data.generate.operators.families.matmul import contracted
from triton_data.generate.operators.rules import divisors

FAMILY = "convolution"
LARGEST_KERNEL = 7
KINDS = {1: ("sequence", "channels", "batch"), 2: ("spatial", "spatial", "channels", "batch"),
         3: ("spatial", "spatial", "spatial", "channels", "batch")}  # fmt: skip


def _groups(channels: int, draw: Draw, depthwise: bool) -> int:
    among = [1, 1, 1, *divisors(channels)]
    drawn = draw.choice(among)
    return channels if depthwise else drawn


def _spelled(values: tuple[int, ...]) -> object:
    """One number where all are the same, as people write it."""
    return values[0] if len(set(values)) == 1 else values


def convolution(x: Spec, draw: Draw, depthwise: bool, plain: bool) -> Call | None:
    channels, spatial = x.shape[1], x.shape[2:]
    groups = _groups(channels, draw, depthwise)
    outputs = groups * draw.choice((1, 2)) if depthwise else groups * -(-draw.size("channels") // groups)
    kernel, stride, padding, dilation = (
        draw.choice((1, 3, 3, 5, 7)),
        draw.choice((1, 1, 1, 2)),
        draw.chance(0.7),
        draw.choice((1, 1, 1, 2)),
    )
    kernel = 1 if plain else kernel
    sizes = tuple(kernel for _ in spatial)
    pads = tuple((dilation * (kernel - 1)) // 2 if padding else 0 for _ in spatial)
    out = tuple((s + 2 * p - dilation * (kernel - 1) - 1) // stride + 1 for s, p in zip(spatial, pads, strict=True))
    if min(out) < 1:
        return None
    output = x.of(x.shape[0], outputs, *out)
    fan = channels // groups * prod(sizes)
    weight = Argument(x.of(outputs, channels // groups, *sizes), weight=True, fan=fan)
    bias = Argument(x.of(outputs), weight=True)
    settings = {"stride": stride, "padding": _spelled(pads), "dilation": dilation, "groups": groups,
                "inputs": channels, "outputs": outputs, "kernel": kernel}  # fmt: skip
    return Call((Argument(x), weight, bias), output, 2 * output.elements * fan, settings)


def transposed(x: Spec, draw: Draw) -> Call | None:
    channels, spatial = x.shape[1], x.shape[2:]
    groups = _groups(channels, draw, False)
    outputs = groups * -(-draw.size("channels") // groups)
    stride, kernel, dilation = draw.choice((1, 2, 2, 3)), draw.choice((2, 3, 4)), draw.choice((1, 1, 2))
    padding = draw.integer(0, kernel // 2)
    more = draw.integer(0, max(stride, dilation) - 1)
    out = tuple((s - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1 for s in spatial)
    if min(out) < 1:
        return None
    output = x.of(x.shape[0], outputs, *out)
    fan = channels // groups * kernel ** len(spatial)
    weight = Argument(x.of(channels, outputs // groups, *(kernel for _ in spatial)), weight=True, fan=fan)
    settings = {"stride": stride, "padding": padding, "output_padding": more, "dilation": dilation, "groups": groups,
                "inputs": channels, "outputs": outputs, "kernel": kernel}  # fmt: skip
    flops = 2 * x.elements * (outputs // groups) * kernel ** len(spatial)
    return Call((Argument(x), weight, Argument(x.of(outputs), weight=True)), output, flops, settings)


def _convolution(name: str, spatial: int, depthwise: bool = False, plain: bool = False) -> Operator:
    bound = 2 * LARGEST_KERNEL**spatial if depthwise else inf
    tail = "stride={stride}, padding={padding}, dilation={dilation}, groups={groups}"
    take = partial(convolution, depthwise=depthwise, plain=plain)
    return Operator(
        name, FAMILY, f"F.conv{spatial}d({{0}}, {{1}}, {{2}}, {tail})", take, None, ranks=(spatial + 2, spatial + 2),
        kinds=KINDS[spatial], peak=contracted, layer=f"nn.Conv{spatial}d({{inputs}}, {{outputs}}, {{kernel}}, {tail})",
        bound=bound,
    )  # fmt: skip


def _transposed(spatial: int) -> Operator:
    tail = "stride={stride}, padding={padding}, output_padding={output_padding}"
    more = "groups={groups}, dilation={dilation}"
    code = f"F.conv_transpose{spatial}d({{0}}, {{1}}, {{2}}, {tail}, {more})"
    layer = f"nn.ConvTranspose{spatial}d({{inputs}}, {{outputs}}, {{kernel}}, {tail}, {more})"
    return Operator(f"conv_transpose{spatial}d", FAMILY, code, transposed, None, ranks=(spatial + 2, spatial + 2),
                    kinds=KINDS[spatial], peak=contracted, layer=layer)  # fmt: skip


OPERATORS = (
    *(_convolution(f"conv{spatial}d", spatial) for spatial in (1, 2, 3)),
    *(_transposed(spatial) for spatial in (1, 2, 3)),
    _convolution("depthwise_conv1d", 1, depthwise=True),
    _convolution("depthwise_conv2d", 2, depthwise=True),
    _convolution("pointwise_conv2d", 2, plain=True),
)
