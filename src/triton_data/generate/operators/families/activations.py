"""Activations of torch.nn.functional, and the gated ones, which halve a dimension."""

from __future__ import annotations

from typing import Any

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import Argument, Call, Operator, Spec
from triton_data.generate.operators.rules import replaced, unary, written

FAMILY = "activation"
INF = float("inf")


def _activation(name: str, code: str, cost: int, gives: tuple[float, float] | None = None, **choices: Any) -> Operator:
    return unary(name, code, cost, FAMILY, gives=gives, **choices)


def _gated(name: str, code: str, cost: int) -> Operator:
    """The output has half of the dimension: one half gates the other."""

    def call(x: Spec, dim: int, draw: Draw) -> Call:
        output = x.of(*replaced(x.shape, dim, x.shape[dim] // 2))
        return Call((Argument(x),), output, cost * output.elements, {"dim": written(dim, x.rank, draw)})

    def take(x: Spec, draw: Draw) -> Call | None:
        even = [place for place, size in enumerate(x.shape) if size >= 2 and size % 2 == 0]
        return call(x, draw.choice(even), draw) if even else None

    def make(out: Spec, draw: Draw) -> Call | None:
        dim = draw.integer(0, out.rank - 1)
        return call(out.of(*replaced(out.shape, dim, 2 * out.shape[dim])), dim, draw)

    peak = lambda call, peaks: peaks[0] ** 2  # noqa: E731
    return Operator(name, FAMILY, code, take, make, ranks=(1, 4), peak=peak, bound=cost)


def _halves(function: str) -> str:
    return f"{function}({{0}}.chunk(2, dim={{dim}})[0]) * {{0}}.chunk(2, dim={{dim}})[1]"


OPERATORS = (
    _activation("relu", "torch.relu({0})", 1, (0, INF)),
    _activation("relu6", "F.relu6({0})", 2, (0, 6)),
    _activation("leaky_relu", "F.leaky_relu({0}, {slope})", 2, slope=(0.01, 0.1, 0.2)),
    _activation("sigmoid", "torch.sigmoid({0})", 4, (0, 1)),
    _activation("tanh", "torch.tanh({0})", 3, (-1, 1)),
    _activation("silu", "F.silu({0})", 5, (-0.3, INF)),
    _activation("swish", "{0} * torch.sigmoid({beta} * {0})", 6, beta=(1.0, 1.5, 1.702)),
    _activation("gelu", "F.gelu({0})", 8, (-0.2, INF)),
    _activation("gelu_tanh", "F.gelu({0}, approximate='tanh')", 9, (-0.2, INF)),
    _activation("selu", "F.selu({0})", 4),
    _activation("elu", "F.elu({0}, alpha={alpha})", 4, alpha=(0.5, 1.0)),
    _activation("celu", "F.celu({0}, alpha={alpha})", 5, alpha=(0.5, 1.0)),
    _activation("mish", "F.mish({0})", 6, (-0.4, INF)),
    _activation("hardsigmoid", "F.hardsigmoid({0})", 3, (0, 1)),
    _activation("hardswish", "F.hardswish({0})", 4, (-0.4, INF)),
    _activation("hardtanh", "F.hardtanh({0}, {low}, 1.0)", 2, (-2, 1), low=(-1.0, -2.0)),
    _activation("softplus", "F.softplus({0}, beta={beta})", 3, (0, INF), beta=(1.0, 2.0)),
    _activation("softsign", "F.softsign({0})", 3, (-1, 1)),
    _activation("logsigmoid", "F.logsigmoid({0})", 4),
    _activation("tanhshrink", "F.tanhshrink({0})", 4),
    _activation("hardshrink", "F.hardshrink({0}, {bound})", 2, bound=(0.25, 0.5)),
    _activation("softshrink", "F.softshrink({0}, {bound})", 3, bound=(0.25, 0.5)),
    _activation("threshold", "F.threshold({0}, {bound}, 0.0)", 1, bound=(0.1, 0.5)),
    _activation("squared_relu", "torch.square(torch.relu({0}))", 2, (0, INF)),
    _gated("glu", "F.glu({0}, dim={dim})", 5),
    _gated("swiglu", _halves("F.silu"), 6),
    _gated("geglu", _halves("F.gelu"), 9),
    _gated("reglu", _halves("torch.relu"), 2),
)
