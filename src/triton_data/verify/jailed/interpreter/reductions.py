"""`tl.reduce` and `tl.associative_scan` in the interpreter, for all programs at once (shapes.py).

Triton's interpreter calls the combine function once an element, which makes a NaN-propagating maximum of a row of 4,096
take half a minute. Here it is called on whole blocks, log2(n) times; neighbours are combined in their order, so an
associative function gives the same result. Sums, extremes and their places have shorter ways. Not covered: functions
that are not associative; a GPU gets them wrong too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.jailed.interpreter import numbers

Array = Any
_STANDARD = tl.standard


def install() -> None:
    """Once in the process that interprets; calling it again changes nothing."""
    interpreter.ReduceOps.apply_impl = _reduce
    interpreter.ScanOps.apply_impl = _scan


def _reduce(self: Any, given: Any) -> list[Any]:
    blocks = [value.handle.data for value in given]
    kinds = [value.dtype for value in given]
    if self.axis is None:
        data, shape = [block.reshape(block.shape[0], -1) for block in blocks], [1] * (blocks[0].ndim - 1)
    else:
        axis = self.axis + 1 if self.axis >= 0 else self.axis
        data = [np.moveaxis(block, axis, -1) for block in blocks]
        shape = [1 if i == axis % blocks[0].ndim else n for i, n in enumerate(blocks[0].shape)][1:]
    combined = _short(self.combine_fn, data, kinds) or _tree(self, data, kinds)
    rest = shape if self.keep_dims else list(data[0].shape[1:-1])
    return [_tensor(out.reshape(out.shape[0], *rest), kind) for out, kind in zip(combined, kinds, strict=True)]


def _short(combine: Any, data: list[Array], kinds: list[Any]) -> list[Array] | None:
    values, kind = data[0], kinds[0]
    plain = numbers.decoded(values, kind)
    if combine == _STANDARD._sum_combine:
        wide = plain.astype(np.float32) if plain.dtype == np.float16 else plain
        with np.errstate(all="ignore"):
            return [_back(np.sum(wide, axis=-1, dtype=wide.dtype), kind, values)]
    if combine == _STANDARD._elementwise_max:
        return [_back(np.fmax.reduce(plain, axis=-1), kind, values)]
    if combine == _STANDARD._elementwise_min:
        return [_back(np.fmin.reduce(plain, axis=-1), kind, values)]
    found = {_STANDARD._argmax_combine_tie_break_left: np.argmax, _STANDARD._argmin_combine_tie_break_left: np.argmin}
    if combine in found and not np.isnan(plain).any():
        place = found[combine](plain, axis=-1)[..., None]
        wide = [np.broadcast_to(d, np.broadcast_shapes(d.shape, values.shape)) for d in data]
        return [np.take_along_axis(d, place, axis=-1)[..., 0] for d in wide]
    return None


def _back(values: Array, kind: Any, like: Array) -> Array:
    return numbers.encoded(values, kind) if numbers.is_small(kind) else values.astype(like.dtype)


def _tree(self: Any, data: list[Array], kinds: list[Any]) -> list[Array]:
    data = [np.broadcast_to(d, np.broadcast_shapes(*(e.shape for e in data))) for d in data]
    while data[0].shape[-1] > 1:
        even = data[0].shape[-1] // 2 * 2
        left, right = [d[..., 0:even:2] for d in data], [d[..., 1:even:2] for d in data]
        combined = _combined(self, left, right, kinds)
        data = [np.concatenate([m, d[..., even:]], axis=-1) for m, d in zip(combined, data, strict=True)]
    return [d[..., 0] for d in data]


def _scan(self: Any, given: Any) -> list[Any]:
    axis = self.axis + 1 if self.axis >= 0 else self.axis
    kinds = [value.dtype for value in given]
    blocks = [np.moveaxis(value.handle.data, axis, -1) for value in given]
    data = [block[..., ::-1] if self.reverse else block for block in blocks]
    data = [np.array(np.broadcast_to(d, np.broadcast_shapes(*(e.shape for e in data)))) for d in data]
    step, length = 1, data[0].shape[-1]
    while step < length:
        # Whole rows, because a block's length is a power of two; what wrapped around is not kept.
        combined = _combined(self, [np.roll(d, step, axis=-1) for d in data], data, kinds)
        data = [np.concatenate([d[..., :step], m[..., step:]], axis=-1) for d, m in zip(data, combined, strict=True)]
        step *= 2
    data = [d[..., ::-1] if self.reverse else d for d in data]
    return [_tensor(np.moveaxis(d, -1, axis), kind) for d, kind in zip(data, kinds, strict=True)]


def _combined(self: Any, left: list[Array], right: list[Array], kinds: list[Any]) -> list[Array]:
    """The combine function on two lists of arrays of one shape, each flattened to a block a program."""
    shape = left[0].shape
    blocks = [
        _tensor(np.ascontiguousarray(array).reshape(shape[0], -1), kind)
        for side in (left, right)
        for array, kind in zip(side, kinds, strict=True)
    ]
    combined = self.combine_fn.fn(*blocks)
    results = combined if isinstance(combined, tuple) else (combined,)
    flat = (shape[0], int(np.prod(shape[1:])))
    arrays = (np.asarray(r.handle.data if hasattr(r, "handle") else r) for r in results)
    return [
        np.broadcast_to(a.reshape(a.shape[0], -1) if a.ndim else a, flat).reshape(shape).astype(source.dtype)
        for a, source in zip(arrays, left, strict=True)
    ]


def _tensor(data: Array, kind: Any) -> Any:
    handle = interpreter.TensorHandle(data, kind.scalar)
    return tl.tensor(handle, tl.block_type(kind.scalar, list(data.shape[1:])) if data.ndim > 1 else kind.scalar)
