"""`tl.reduce` and `tl.associative_scan` with a function of one's own, block-wise, for TRITON_INTERPRET=1.

Triton's interpreter calls the combine function once an element, which makes a NaN-propagating maximum of a row of 4,096
take half a minute. Here it is called on whole blocks, log2(n) times; neighbours are combined in their order, so an
associative function gives the same result. Not covered: functions that are not associative; a GPU gets them wrong too.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def install() -> None:
    """Once in the process that interprets; calling it again changes nothing."""
    from triton.runtime import interpreter

    interpreter.ReduceOps.generic_reduce = _reduce
    interpreter.ScanOps.generic_scan = _scan


def _reduce(self: Any, given: Any) -> list[Any]:
    original = self.axis
    values, axis = self.unravel(given, original)
    data = [np.moveaxis(value.handle.data, axis, -1) for value in values]
    dtypes = [value.dtype for value in values]
    while data[0].shape[-1] > 1:
        even = data[0].shape[-1] // 2 * 2
        left, right = [d[..., 0:even:2] for d in data], [d[..., 1:even:2] for d in data]
        made = _combined(self, left, right, dtypes)
        data = [np.concatenate([m, d[..., even:]], axis=-1) for m, d in zip(made, data, strict=True)]
    out = []
    for index, value in enumerate(data):
        result = value[..., 0]
        if self.keep_dims:
            shape = given[index].handle.data.ndim
            result = np.expand_dims(result, axis) if original is not None else result.reshape((1,) * shape)
        elif original is None:
            result = result.item()
        out.append(self.to_tensor(result, dtypes[index]))
    return out


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
    shape = left[0].shape
    blocks = [
        self.to_tensor(np.ascontiguousarray(array).reshape(-1), dtype)
        for side in (left, right)
        for array, dtype in zip(side, dtypes, strict=True)
    ]
    made = self.combine_fn.fn(*blocks)
    results = made if isinstance(made, tuple) else (made,)
    arrays = (np.asarray(r.handle.data if hasattr(r, "handle") else r) for r in results)
    return [
        np.broadcast_to(a.reshape(-1) if a.size == blocks[0].handle.data.size else a, (int(np.prod(shape)),))
        .reshape(shape)
        .astype(source.dtype)
        for a, source in zip(arrays, left, strict=True)
    ]
