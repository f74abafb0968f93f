"""One number from several: arithmetic with broadcasting, comparisons, logic, selection."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import (
    ANY,
    BOOL,
    FLOATS,
    NATURAL,
    NUMBERS,
    POSITIVE,
    SMALL,
    UNIT,
    WIDE,
    Argument,
    Call,
    Operator,
    Spec,
    Values,
)  # fmt: skip
from triton_data.generate.operators.rules import binary, broadcast, multiply, times, unary

PI = 3.1416
POWERS = Values(-2, 2, "torch.rand({shape}, dtype={dtype}) * 2 - 1", "torch.tanh({0})")
BASES = Values(0.5, 2, "torch.rand({shape}, dtype={dtype}) + 0.5", "(torch.sigmoid({0}) + 0.5)")


def _where(x: Spec, draw: Draw) -> Call:
    mask = Argument(Spec(broadcast(x.shape, draw), "bool"), loose=True)
    return Call((mask, Argument(x), Argument(Spec(broadcast(x.shape, draw), x.dtype))), x, x.elements, {}, 1)


def _masked(x: Spec, draw: Draw) -> Call:
    value = draw.choice((0.0, -1.0, 1.0)) if x.dtype in FLOATS else 0
    mask = Argument(Spec(broadcast(x.shape, draw), "bool"), loose=True)
    return Call((Argument(x), mask), x, 0, {"value": value})


def _compared(name: str, code: str) -> Operator:
    return binary(name, code, 1, "comparison", output="bool", dtypes=NUMBERS, gives=(0, 1))


def _logical(name: str, code: str) -> Operator:
    return binary(name, code, 1, "comparison", dtypes=BOOL, gives=(0, 1))


def _test(name: str, code: str) -> Operator:
    return unary(name, code, 1, "comparison", output="bool", gives=(0, 1))


OPERATORS = (
    binary("add", "{0} + {1}", dtypes=NUMBERS),
    binary("add_alpha", "torch.add({0}, {1}, alpha={alpha})", 2, alpha=(2, 0.5), peak=times(3)),
    binary("sub", "{0} - {1}", dtypes=NUMBERS),
    binary("mul", "{0} * {1}", dtypes=NUMBERS, peak=multiply),
    binary("div", "{0} / {1}", values=(ANY, POSITIVE), peak=times(10)),
    binary("maximum", "torch.maximum({0}, {1})", dtypes=NUMBERS),
    binary("minimum", "torch.minimum({0}, {1})", dtypes=NUMBERS),
    binary("pow", "torch.pow({0}, {1})", 6, values=(BASES, POWERS), gives=(0, 4)),
    binary("atan2", "torch.atan2({0}, {1})", 6, gives=(-PI, PI)),
    binary("hypot", "torch.hypot({0}, {1})", 4, dtypes=("float32", "bfloat16"), gives=(0, float("inf"))),
    binary("remainder", "torch.remainder({0}, {1})", 3, values=(ANY, POSITIVE)),
    binary("fmod", "torch.fmod({0}, {1})", 3, values=(ANY, POSITIVE)),
    binary("floor_divide", "torch.floor_divide({0}, {1})", 2, values=(ANY, NATURAL), dtypes=("int64", "int32")),
    binary("copysign", "torch.copysign({0}, {1})", 1),
    binary("heaviside", "torch.heaviside({0}, {1})", 2, gives=None),
    binary("logaddexp", "torch.logaddexp({0}, {1})", 8, dtypes=WIDE),
    binary("logaddexp2", "torch.logaddexp2({0}, {1})", 8, dtypes=WIDE),
    binary("xlogy", "torch.xlogy({0}, {1})", 5, values=(ANY, POSITIVE), peak=multiply),
    binary("fmax", "torch.fmax({0}, {1})"),
    binary("fmin", "torch.fmin({0}, {1})"),
    binary("ldexp", "torch.ldexp({0}, {1})", 2, values=(ANY, SMALL), dtypes=WIDE, peak=times(256)),
    binary("squared_difference", "torch.square({0} - {1})", 2, peak=lambda call, peaks: sum(peaks) ** 2),
    binary("lerp", "torch.lerp({0}, {1}, {2})", 3, count=3, values=(ANY, ANY, UNIT)),
    binary("lerp_scalar", "torch.lerp({0}, {1}, {weight})", 3, weight=(0.1, 0.25, 0.9)),
    binary(
        "addcmul",
        "torch.addcmul({0}, {1}, {2}, value={value})",
        3,
        count=3,
        value=(0.5, 1.0, 2.0),
        peak=lambda call, peaks: peaks[0] + 2 * peaks[1] * peaks[2],
    ),
    binary(
        "addcdiv",
        "torch.addcdiv({0}, {1}, {2}, value={value})",
        3,
        count=3,
        values=(ANY, ANY, POSITIVE),
        value=(0.5, 1.0, 2.0),
        peak=times(22),
    ),
    binary(
        "fused_multiply_add", "{0} * {1} + {2}", 2, count=3, peak=lambda call, peaks: peaks[0] * peaks[1] + peaks[2]
    ),
    _compared("eq", "{0} == {1}"),
    _compared("ne", "{0} != {1}"),
    _compared("lt", "{0} < {1}"),
    _compared("le", "{0} <= {1}"),
    _compared("gt", "{0} > {1}"),
    _compared("ge", "{0} >= {1}"),
    binary(
        "isclose", "torch.isclose({0}, {1}, atol={atol})", 4, "comparison", output="bool", atol=(0.1, 0.5), gives=(0, 1)
    ),
    _test("isfinite", "torch.isfinite(torch.log({0}))"),
    _test("signbit", "torch.signbit({0})"),
    _logical("logical_and", "torch.logical_and({0}, {1})"),
    _logical("logical_or", "torch.logical_or({0}, {1})"),
    _logical("logical_xor", "torch.logical_xor({0}, {1})"),
    unary("logical_not", "torch.logical_not({0})", 1, "comparison", dtypes=BOOL, gives=(0, 1)),
    Operator("where", "selection", "torch.where({0}, {1}, {2})", _where, _where, NUMBERS, bound=1),
    Operator("masked_fill", "selection", "{0}.masked_fill({1}, {value})", _masked, _masked, NUMBERS, bound=0),
)
