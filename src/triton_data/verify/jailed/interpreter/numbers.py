"""Arithmetic of the small types in the interpreter, rounded as a GPU rounds it.

Triton's interpreter keeps bfloat16 and the eight-bit floats as unsigned integers and computes with those. Here each
operation decodes them to float32, computes there and rounds once, to nearest even. `tl.dot` rounds its operands to
tf32 where that is what it was asked for, and accumulates half types in float32. Minimum and maximum treat NaN as the
operation says, and a conversion to an integer saturates. Not covered: the order of additions inside one `tl.dot`, and
flushing of denormals.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import triton.language as tl
from triton.runtime import interpreter

Array = Any
TensorHandle = interpreter.TensorHandle
_EIGHT = {"fp8e4nv": torch.float8_e4m3fn, "fp8e5": torch.float8_e5m2, "fp8e4b8": torch.float8_e4m3fnuz,
          "fp8e5b16": torch.float8_e5m2fnuz}  # fmt: skip
_LARGEST = {"fp8e4nv": 448.0, "fp8e5": 57344.0, "fp8e4b8": 240.0, "fp8e5b16": 57344.0}


def is_small(dtype: Any) -> bool:
    name = dtype.scalar.name if hasattr(dtype, "scalar") else ""
    return name == "bf16" or name in _EIGHT


def decoded(data: Array, dtype: Any) -> Array:
    """The numbers as float32, or the data itself where numpy knows the type."""
    if not is_small(dtype) or data.dtype.kind not in "ui":
        return data
    if dtype.scalar.name == "bf16":
        return (data.astype(np.uint32) << 16).view(np.float32)
    return _table(dtype.scalar.name)[data]


def _table(name: str) -> Array:
    if name not in _TABLES:
        _TABLES[name] = torch.arange(256, dtype=torch.uint8).view(_EIGHT[name]).float().numpy()
    return _TABLES[name]


_TABLES: dict[str, Array] = {}


def encoded(values: Array, dtype: Any) -> Array:
    """The bits of the nearest number of a small type; eight-bit floats saturate."""
    name = dtype.scalar.name
    numbers = np.ascontiguousarray(values, dtype=np.float32)
    if name == "bf16":
        bits = numbers.view(np.uint32)
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
        return np.where(np.isnan(numbers), np.uint16(0x7FC0), rounded)
    most = _LARGEST[name]
    numbers = np.where(np.isnan(numbers), numbers, np.clip(numbers, -most, most))
    flat = torch.from_numpy(np.ascontiguousarray(numbers).reshape(-1)).to(_EIGHT[name])
    return flat.view(torch.uint8).numpy().reshape(np.shape(values))


def toward_zero(values: Array, dtype: Any) -> Array:
    """The bits of the nearest bfloat16 that is not larger."""
    return (np.ascontiguousarray(values, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16)


def tf32(values: Array) -> Array:
    """float32 with the ten bits of mantissa that tensor cores keep, rounded to nearest."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    return np.where(np.isfinite(values), ((bits + 0x1000) & np.uint32(0xFFFFE000)).view(np.float32), values)


_PROPAGATING = {"create_minnumf": np.fmin, "create_maxnumf": np.fmax, "create_minimumf": np.minimum,
                "create_maximumf": np.maximum}  # fmt: skip


class Arithmetic(interpreter.InterpreterBuilder):  # type: ignore[misc]
    """The builder's arithmetic; builder.py adds the checks of memory."""

    def binary_op(self, lhs: Any, rhs: Any, op: Any) -> Any:
        if op in (np.add, np.subtract) and lhs.data.dtype == rhs.data.dtype == np.bool_:
            op = np.logical_xor  # one bit wraps
        output = op(decoded(lhs.data, lhs.dtype), decoded(rhs.data, rhs.dtype))
        if output.dtype == np.bool_:
            return TensorHandle(output, tl.int1)
        kind = lhs.dtype.scalar
        if is_small(kind) and output.dtype.kind == "f":
            return TensorHandle(encoded(output, kind), kind)
        wanted = interpreter._get_np_dtype(kind)
        return TensorHandle(output if output.dtype.itemsize <= wanted.itemsize else output.astype(wanted), kind)

    def unary_op(self, arg: Any, op: Any) -> Any:
        output = op(decoded(arg.data, arg.dtype))
        return TensorHandle(encoded(output, arg.dtype) if is_small(arg.dtype) else output, arg.dtype.scalar)

    def create_fma(self, x: Any, y: Any, z: Any) -> Any:
        """One rounding: float32 products are exact in float64."""
        values = [decoded(handle.data, handle.dtype) for handle in (x, y, z)]
        kind, wide = z.dtype.scalar, [v.astype(np.float64) if v.dtype.kind == "f" else v for v in values]
        output = wide[0] * wide[1] + wide[2]
        data = encoded(output, kind) if is_small(kind) else output.astype(interpreter._get_np_dtype(kind))
        return TensorHandle(data, kind)

    def create_clampf(self, arg: Any, low: Any, high: Any, propagate_nan: Any) -> Any:
        x, a, b = (decoded(handle.data, handle.dtype) for handle in (arg, low, high))
        keeps = propagate_nan == tl.PropagateNan.ALL.value or propagate_nan == tl.PropagateNan.ALL
        output = np.minimum(np.maximum(x, a), b) if keeps else np.fmin(np.fmax(x, a), b)
        kind = arg.dtype.scalar
        return TensorHandle(encoded(output, kind) if is_small(kind) else output.astype(x.dtype), kind)

    def create_fabs(self, arg: Any) -> Any:
        return self.unary_op(arg, np.abs)

    def get_all_ones_value(self, type: Any) -> Any:
        kind = np.dtype(interpreter._get_np_dtype(type))
        if kind.kind != "u":
            return super().get_all_ones_value(type)
        return TensorHandle(np.full(1, np.iinfo(kind).max, dtype=kind), type.scalar)

    def create_rsqrt(self, arg: Any) -> Any:
        return self.unary_op(arg, lambda x: (1 / np.sqrt(x.astype(np.float64))).astype(x.dtype))

    def create_erf(self, arg: Any) -> Any:
        return self.unary_op(arg, lambda x: torch.erf(torch.from_numpy(np.ascontiguousarray(x))).numpy())

    def cast_impl(self, src: Any, dst_type: Any) -> Any:
        values, kind = decoded(src.data, src.dtype.scalar), dst_type.scalar
        if is_small(kind):
            data = src.data if src.dtype.scalar == kind else encoded(values, kind)
        elif values.dtype.kind == "f" and kind.is_int() and not kind.is_bool():
            data = _to_integer(values, interpreter._get_np_dtype(dst_type))
        else:
            with np.errstate(over="ignore"):
                data = values.astype(interpreter._get_np_dtype(dst_type))
        return TensorHandle(data, kind)

    def create_fp_to_fp(self, src: Any, dst_type: Any, rounding_mode: Any) -> Any:
        if rounding_mode == interpreter._ir.ROUNDING_MODE.RTZ and dst_type.scalar.name == "bf16":
            return TensorHandle(toward_zero(decoded(src.data, src.dtype.scalar), dst_type), dst_type.scalar)
        return self.cast_impl(src, dst_type)

    def create_dot(self, a: Any, b: Any, d: Any, input_precision: Any, max_num_imprecise_acc: Any) -> Any:
        left, right = decoded(a.data, a.dtype), decoded(b.data, b.dtype)
        if left.dtype == np.float32 and a.dtype.scalar.is_fp32() and _is_tf32(input_precision):
            left, right = tf32(left), tf32(right)
        sums = decoded(d.data, d.dtype)
        wide = np.float32 if sums.dtype == np.float16 else sums.dtype
        output = np.matmul(left.astype(wide), right.astype(wide)) + sums.astype(wide)
        kind = d.dtype.scalar
        return TensorHandle(encoded(output, kind) if is_small(kind) else output.astype(sums.dtype), kind)


def _is_tf32(precision: Any) -> bool:
    return str(precision).rpartition(".")[2] == "TF32" or precision == interpreter._ir.INPUT_PRECISION.TF32


def _to_integer(values: Array, dtype: Any) -> Array:
    """Toward zero, and too large to the largest, as the hardware converts: it has no conversion to 8 bits, so these are
    the lower half of 16. NaN is 0, and of 64 bits the highest."""
    kind = np.dtype(dtype)
    if kind.itemsize == 1:
        return _to_integer(values, np.int16 if kind.kind == "i" else np.uint16).astype(kind)
    bounds = np.iinfo(kind)
    whole = np.trunc(np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=1e300, neginf=-1e300))
    inside = np.clip(whole, float(bounds.min), float(bounds.max))
    with np.errstate(invalid="ignore"):
        converted = inside.astype(kind)
    found = np.where(whole >= float(bounds.max), bounds.max, converted).astype(kind)
    if kind.itemsize == 8:
        found[np.isnan(values)] = np.array(1 << 63, np.uint64).astype(kind)
    return found


def _with_nan_rule(op: Any) -> Any:
    return lambda self, lhs, rhs: self.binary_op(lhs, rhs, op)


def _constant(kind: Any) -> Any:
    """A literal beside a block of a small type becomes one of that type."""
    return lambda self, value: TensorHandle(encoded(np.array([value], dtype=np.float32), kind), kind)


for _kind in (tl.bfloat16, tl.float8e4nv, tl.float8e5, tl.float8e4b8, tl.float8e5b16):
    setattr(Arithmetic, f"get_{_kind.name}", _constant(_kind))
for _name, _op in _PROPAGATING.items():
    setattr(Arithmetic, _name, _with_nan_rule(_op))
