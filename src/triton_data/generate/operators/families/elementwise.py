"""One number from one number: arithmetic, trigonometry, exponentials, rounding."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from triton_data.generate.operators.entry import (
    BEYOND_ONE,
    FLOATS,
    INSIDE,
    NONNEGATIVE,
    NUMBERS,
    POSITIVE,
    SMALL,
    Call,
)  # fmt: skip
from triton_data.generate.operators.rules import times, unary

INF = float("inf")


def _squared(call: Call, peaks: Sequence[float]) -> float:
    return max(peaks) ** 2


def _cubed(call: Call, peaks: Sequence[float]) -> float:
    return max(peaks) ** 3


OPERATORS = (
    unary("abs", "torch.abs({0})", gives=(0, INF), dtypes=NUMBERS),
    unary("neg", "-{0}", dtypes=NUMBERS),
    unary("square", "torch.square({0})", peak=_squared),
    unary("sqrt", "torch.sqrt({0})", values=NONNEGATIVE, gives=(0, INF)),
    unary("rsqrt", "torch.rsqrt({0})", 2, values=POSITIVE, gives=(0, 4)),
    unary("reciprocal", "torch.reciprocal({0})", values=POSITIVE, gives=(0, 10)),
    unary("pow_scalar", "torch.pow({0}, {exponent})", 4, values=POSITIVE, exponent=(0.5, 1.5, 2, 3), peak=_cubed),
    unary("exp", "torch.exp({0})", 4, values=SMALL, gives=(0, 2981)),
    unary("exp2", "torch.exp2({0})", 2, values=SMALL, gives=(0, 256)),
    unary("expm1", "torch.expm1({0})", 5, values=SMALL, gives=(-1, 2980)),
    unary("log", "torch.log({0})", 4, values=POSITIVE),
    unary("log2", "torch.log2({0})", 4, values=POSITIVE, peak=times(1.5)),
    unary("log10", "torch.log10({0})", 4, values=POSITIVE),
    unary("log1p", "torch.log1p({0})", 5, values=NONNEGATIVE, gives=(0, INF)),
    unary("sin", "torch.sin({0})", gives=(-1, 1)),
    unary("cos", "torch.cos({0})", gives=(-1, 1)),
    unary("tan", "torch.tan({0})", 3, values=INSIDE, gives=(-2, 2)),
    unary("asin", "torch.asin({0})", 4, values=INSIDE, gives=(-pi / 2, pi / 2)),
    unary("acos", "torch.acos({0})", 4, values=INSIDE, gives=(0, pi)),
    unary("atan", "torch.atan({0})", 4, gives=(-pi / 2, pi / 2)),
    unary("sinh", "torch.sinh({0})", 5, values=SMALL, gives=(-1491, 1491)),
    unary("cosh", "torch.cosh({0})", 5, values=SMALL, gives=(1, 1491)),
    unary("asinh", "torch.asinh({0})", 5),
    unary("acosh", "torch.acosh({0})", 5, values=BEYOND_ONE, gives=(0, INF)),
    unary("atanh", "torch.atanh({0})", 5, values=INSIDE, gives=(-3, 3)),
    unary("floor", "torch.floor({0} * {scale})", 2, scale=(2.0, 4.0), peak=times(4)),
    unary("ceil", "torch.ceil({0} * {scale})", 2, scale=(2.0, 4.0), peak=times(4)),
    unary("round", "torch.round({0} * {scale})", 2, scale=(2.0, 4.0), peak=times(4)),
    unary("trunc", "torch.trunc({0} * {scale})", 2, scale=(2.0, 4.0), peak=times(4)),
    unary("frac", "torch.frac({0})", 2, gives=(-1, 1)),
    unary("sign", "torch.sign({0})", gives=(-1, 1), dtypes=NUMBERS),
    unary("clamp", "torch.clamp({0}, {low}, {high})", 2, low=(-1.0, -0.5, 0.0), high=(0.75, 1.0, 2.0), gives=(-1, 2)),
    unary("clamp_min", "torch.clamp({0}, min={low})", low=(-0.5, 0.0, 0.1), gives=(-0.5, INF)),
    unary("clamp_max", "torch.clamp({0}, max={high})", high=(0.1, 0.5, 1.0)),
    unary("add_scalar", "{0} + {value}", value=(0.5, 1.0, 2.0), peak=times(2), dtypes=FLOATS),
    unary("sub_scalar", "{value} - {0}", value=(0.5, 1.0, 2.0), peak=times(2), dtypes=FLOATS),
    unary("mul_scalar", "{0} * {value}", value=(0.125, 0.5, 1.7, 2.0), peak=times(2), dtypes=FLOATS),
    unary("div_scalar", "{0} / {value}", value=(1.5, 2.0, 8.0), dtypes=FLOATS),
    unary("remainder_scalar", "torch.remainder({0}, {value})", 3, value=(0.75, 1.5, 2.0), gives=(0, 2)),
    unary("fmod_scalar", "torch.fmod({0}, {value})", 3, value=(0.75, 1.5, 2.0), gives=(-2, 2)),
    unary("deg2rad", "torch.deg2rad({0})"),
    unary("rad2deg", "torch.rad2deg({0})", peak=times(58)),
    unary("nan_to_num", "torch.nan_to_num({0}, nan={value})", value=(0.0, 1.0)),
)
