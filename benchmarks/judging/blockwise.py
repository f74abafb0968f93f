"""Reductions and scans with a function of one's own in Triton's interpreter, on whole blocks instead of numbers.

As it comes, the interpreter calls the function once an element, which takes half a minute for a row of 4,096.
Neighbours are combined in their order, so an associative function gives the same. Not covered: other functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def install() -> None:
    """Once in the process that interprets."""
    from triton.runtime import interpreter

    interpreter.ReduceOps.generic_reduce = _reduce
    interpreter.ScanOps.generic_scan = _scan


def _reduce(self: Any, given: Any) -> list[Any]:
    values, axis = self.unravel(given, self.axis)
    dtypes = [value.dtype for value in values]
    data = [np.moveaxis(value.handle.data, axis, -1) for value in values]
    while data[0].shape[-1] > 1:
        even = data[0].shape[-1] // 2 * 2
        made = _combined(self, [d[..., 0:even:2] for d in data], [d[..., 1:even:2] for d in data], dtypes)
        data = [np.concatenate([m, d[..., even:]], axis=-1) for m, d in zip(made, data, strict=True)]
    return [self.to_tensor(_shaped(self, d[..., 0], axis, given), t) for d, t in zip(data, dtypes, strict=True)]


def _shaped(self: Any, result: Any, axis: int, given: Any) -> Any:
    """With the axis that was reduced, or without it, as the call asked."""
    if self.keep_dims and self.axis is None:
        return result.reshape((1,) * given[0].handle.data.ndim)
    if self.keep_dims:
        return np.expand_dims(result, axis)
    return result.item() if self.axis is None else result


def _scan(self: Any, given: Any) -> list[Any]:
    data = [np.moveaxis(value.handle.data, self.axis, -1).copy() for value in given]
    dtypes = [value.dtype for value in given]
    step, length = 1, data[0].shape[-1]
    while step < length:
        # Whole rows, because a block's length is a power of two; what wrapped around is not kept.
        made = _combined(self, [np.roll(d, step, axis=-1) for d in data], data, dtypes)
        data = [np.concatenate([d[..., :step], m[..., step:]], axis=-1) for d, m in zip(data, made, strict=True)]
        step *= 2
    return [self.to_tensor(np.moveaxis(d, -1, self.axis), t) for d, t in zip(data, dtypes, strict=True)]


def _combined(self: Any, left: list[Any], right: list[Any], dtypes: list[Any]) -> list[Any]:
    """The combine function on two lists of arrays of one shape, each flattened to a block."""
    shape, size = left[0].shape, left[0].size
    blocks = [
        self.to_tensor(np.ascontiguousarray(array).reshape(-1), dtype)
        for side in (left, right)
        for array, dtype in zip(side, dtypes, strict=True)
    ]
    made = self.combine_fn.fn(*blocks)
    results = made if isinstance(made, tuple) else (made,)
    arrays = [np.asarray(getattr(getattr(result, "handle", None), "data", result)) for result in results]
    flat = [np.broadcast_to(a.reshape(-1) if a.size == size else a, (size,)) for a in arrays]
    return [a.reshape(shape).astype(source.dtype) for a, source in zip(flat, left, strict=True)]
