"""Conversions from every usual type to every other one, with numbers that do not fit, and bits taken for another type."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.inputs import TRITON
from small_kernels.table import Small, one

_FROM = ("i8", "u8", "i32", "u32", "i64", "f16", "bf16", "f32", "f64")
_TO = ("i8", "u8", "i16", "i32", "u32", "i64", "f16", "bf16", "f32", "f64", "b")
_INTEGRAL = ("i8", "u8", "i16", "i32", "u32", "i64")
_BITS = (("f32", "i32"), ("i32", "f32"), ("f16", "i16"), ("i16", "bf16"), ("u8", "i8"), ("f64", "i64"), ("bf16", "i16"))


def kernels() -> Iterator[Small]:
    for first in _FROM:
        for second in _TO:
            if first != second:
                yield _cast(first, second)
    for kind in ("f16", "bf16", "f32"):
        for to in ("i32", "i64", "i8"):  # out of range it is nobody's promise for 8 bits; within, toward zero
            yield one(f"toward_zero_{kind}_{to}", f"a.to({TRITON[to]})", kind, output=to)
    for to in ("f8", "f8e5"):
        for first in ("f32", "f16"):
            text = f"a.to({TRITON[to]}).to(tl.float32)"
            yield one(f"cast_{first}_{to}", text, f"{first}:plain")
            yield one(f"cast_{first}_{to}_wide", text, f"{first}:wide")
    for first in ("f8", "f8e5"):
        yield one(f"cast_{first}_f32", "a.to(tl.float32)", first)
        yield one(f"cast_{first}_f16", "a.to(tl.float16)", first, output="f16")
    for first, second in _BITS:
        pattern = ":bits" if first[0] in "iu" else ":special" if second[0] == "i" else ""
        text = f"a.to({TRITON[second]}, bitcast=True)"
        if second in ("f32", "bf16"):
            text, pattern = f"(a & 0x3fff).to({TRITON[second]}, bitcast=True)", ":bits"
        yield one(f"bits_{first}_{second}", text, f"{first}{pattern}", output=second)
    for to in ("i8", "u8", "i16", "i32", "i64"):
        yield one(f"beyond_f32_{to}", f"(a * 1e5).to({TRITON[to]})", "f32:wide", output=to)
        yield one(f"special_f32_{to}", f"a.to({TRITON[to]})", "f32:special", output=to)
    yield one("cast_function", "tl.cast(a, tl.int32)", "f32", output="i32")
    yield one("cast_rtz", "a.to(tl.float16, fp_downcast_rounding='rtz')", "f32:wide", output="f16")
    yield one("cast_rtne_bf16", "a.to(tl.bfloat16, fp_downcast_rounding='rtne')", "f32:wide", output="bf16")
    yield one("cast_special_f16", "a.to(tl.float16)", "f32:special", output="f16")
    yield one("cast_special_bf16", "a.to(tl.bfloat16)", "f32:special", output="bf16")
    yield one("bool_of_special", "(a != 0).to(tl.int32)", "f32:special", output="i32")
    yield one("cast_inf_bool", "a.to(tl.int1).to(tl.int32)", "f32", output="i32")


def _cast(first: str, second: str) -> Small:
    """Integers in full range; floating-point ones into integers only where they fit, else nobody promises anything."""
    floats = first[0] == "f" or first == "bf16"
    pattern = "bits" if not floats else "positive" if second in ("u8", "u32") else "plain"
    if floats and second not in _INTEGRAL and second != "b":
        pattern = "wide"
    text = f"a.to({TRITON[second]})"
    if second == "b":
        return one(f"cast_{first}_b", f"{text}.to(tl.int32)", f"{first}:plain", output="i32")
    return one(f"cast_{first}_{second}", text, f"{first}:{pattern}", output=second)
