"""A kernel's arguments as source text: what express.py leaves out matters where addresses are computed.

In: a value met in a call. Out: an expression for `get_inputs()`. Tensors keep the order of their axes in memory;
integers, which are places, lengths and tables, keep what makes them valid: few of them are written out, different
ones stay different. Not covered: strides that no order of axes explains.
Runs in the jail.
"""

from __future__ import annotations

from typing import Any

import torch

from triton_data.extract.jailed.observe.express import MAX_TEXT, Constructions, Inexpressible, express_tensor

WRITTEN_OUT = 64  # integers


def express_argument(constructions: Constructions, value: Any) -> str:
    if isinstance(value, torch.Tensor) and type(value) is torch.Tensor and value.device.type != "meta":
        return _tensor(value)
    return constructions.express(value)


def _tensor(value: torch.Tensor) -> str:
    if value.layout is not torch.strided:
        raise Inexpressible("sparse tensor")
    order = sorted(range(value.ndim), key=lambda axis: -value.stride(axis))
    inner = value.permute(order)
    if value.is_contiguous() or not inner.is_contiguous():
        return _content(value)
    back = [order.index(axis) for axis in range(value.ndim)]
    return f"{_content(inner)}.permute({', '.join(map(str, back))})"


def _content(value: torch.Tensor) -> str:
    if value.dtype.is_floating_point or value.dtype.is_complex or value.dtype is torch.bool or not value.numel():
        return _float8(value) if value.element_size() == 1 and value.dtype.is_floating_point else express_tensor(value)
    suffix = "" if value.dtype is torch.int64 else f", dtype={value.dtype}"
    flat = value.flatten()
    low, high = int(flat.min()), int(flat.max())
    text = f"torch.tensor({value.tolist()}{suffix})"
    ordered = flat.numel() > 2 and low != high and bool((flat[1:] >= flat[:-1]).all())
    if flat.numel() <= WRITTEN_OUT or (ordered and len(text) < MAX_TEXT):
        return text
    if low != high and flat.unique().numel() == flat.numel():
        count = high - low + 1
        drawn = f"torch.randperm({count}{suffix})" + (f"[:{flat.numel()}]" if count > flat.numel() else "")
        moved = f"({drawn} + {low})" if low else drawn
        return f"{moved}.reshape({tuple(value.shape)})" if value.ndim > 1 else moved
    return express_tensor(value)


def _float8(value: torch.Tensor) -> str:
    return f"torch.randn({tuple(value.shape)}).to({value.dtype})"
