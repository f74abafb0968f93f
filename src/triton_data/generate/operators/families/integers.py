"""Bits and dtypes: operations on integers and masks, casts, quantisation and back, packed integers."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import (
    ANY,
    FLOATS,
    INTS,
    SHIFTS,
    Argument,
    Call,
    Operator,
    Rule,
    Spec,
)
from triton_data.generate.operators.rules import binary, unary

FAMILY, BITS = "casting", "bits"
MASKS = (*INTS, "bool")
INF = float("inf")


def _cast(targets: tuple[str, ...]) -> Rule:
    def take(x: Spec, draw: Draw) -> Call:
        target = draw.choice([each for each in targets if each != x.dtype])
        return Call((Argument(x),), Spec(x.shape, target), 0, {"target": f"torch.{target}"})

    return take


def _bits(x: Spec, draw: Draw) -> Call:
    return Call((Argument(x),), Spec(x.shape, "int32" if x.dtype == "float32" else "int16"), 0,
                {"target": "torch.int32" if x.dtype == "float32" else "torch.int16"})  # fmt: skip


def _per_channel(x: Spec, draw: Draw) -> Call:
    scales = Argument(Spec((x.shape[-1],), "float32"))
    return Call((Argument(x), scales), Spec(x.shape, "float32"), 2 * x.elements)


def _by_row(x: Spec, draw: Draw) -> Call:
    return Call((Argument(x),), Spec(x.shape, "int8"), 6 * x.elements)


_BITS = (
    binary("bitwise_and", "{0} & {1}", 1, BITS, dtypes=MASKS),
    binary("bitwise_or", "{0} | {1}", 1, BITS, dtypes=MASKS),
    binary("bitwise_xor", "{0} ^ {1}", 1, BITS, dtypes=MASKS),
    unary("bitwise_not", "~{0}", 1, BITS, dtypes=MASKS),
    binary("left_shift", "{0} << {1}", 1, BITS, values=(ANY, SHIFTS), dtypes=("int64", "int32")),
    binary("right_shift", "{0} >> {1}", 1, BITS, values=(ANY, SHIFTS), dtypes=INTS),
    unary("bit_field", "({0} >> {start}) & {mask}", 2, BITS, dtypes=INTS, start=(1, 2, 4), mask=(1, 3, 15)),
    unary("parity", "({0} ^ ({0} >> 1)) & 1", 3, BITS, dtypes=INTS),
)

_ROW = "torch.amax(torch.abs({0}), dim=-1, keepdim=True)"
OPERATORS = (
    *_BITS,
    Operator("cast", FAMILY, "{0}.to({target})", _cast(FLOATS), None, FLOATS, bound=0),
    Operator("cast_integer", FAMILY, "{0}.to({target})", _cast(FLOATS), None, (*INTS, "bool"), bound=0),
    unary(
        "quantize",
        "torch.clamp(torch.round({0} / {scale}), -128, 127).to(torch.int8)",
        4,
        FAMILY,
        output="int8",
        scale=(0.02, 0.05, 0.1),
        gives=(-128, 127),
    ),
    unary(
        "quantize_unsigned",
        "torch.clamp(torch.round({0} / {scale}) + {zero}, 0, 255).to(torch.uint8)",
        5,
        FAMILY,
        output="uint8",
        scale=(0.02, 0.05),
        zero=(64, 128),
        gives=(0, 255),
    ),
    Operator(
        "quantize_rows",
        FAMILY,
        f"torch.round({{0}} / ({_ROW} + 1e-06) * 127).to(torch.int8)",
        _by_row,
        None,
        FLOATS,
        (2, 4),
        gives=(-127, 127),
        bound=6,
    ),
    unary(
        "dequantize",
        "({0}.to(torch.float32) - {zero}) * {scale}",
        2,
        FAMILY,
        output="float32",
        dtypes=("int8", "uint8"),
        scale=(0.02, 0.05),
        zero=(0, 64),
        gives=(-15, 15),
    ),
    Operator(
        "dequantize_channels",
        FAMILY,
        "{0}.to(torch.float32) * {1}",
        _per_channel,
        None,
        ("int8", "uint8"),
        (2, 4),
        gives=(-1500, 1500),
        bound=2,
    ),
    unary(
        "fake_quantize",
        "torch.clamp(torch.round({0} / {scale}), -128, 127) * {scale}",
        5,
        FAMILY,
        dtypes=("float32",),
        scale=(0.02, 0.05, 0.1),
    ),
    unary("low_nibble", "{0} & 15", 1, FAMILY, dtypes=("int8", "uint8"), gives=(0, 15)),
    unary("high_nibble", "({0} >> 4) & 15", 2, FAMILY, dtypes=("int8", "uint8"), gives=(0, 15)),
    Operator("view_bits", FAMILY, "{0}.view({target})", _bits, None, FLOATS, bound=0),
)
