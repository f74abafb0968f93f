"""`for row in range(first, rows, programs)`: programs that begin at other numbers and turn as often go on together.

In: what a kernel's `range` or `tl.range` is given, when it runs. Out: Python's range, or, where the programs of a
batch have other bounds, one scalar a turn with a number for each program. Those that turn another number of times
part ways. Not covered: `tl.static_range`, whose bounds are constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.jailed.interpreter import shapes

Array = Any


def steps(arg1: Any, arg2: Any = None, step: Any = None, **options: Any) -> Iterable[Any]:
    """`options` are for the compiler's pipeliner."""
    first, last = (0, arg1) if arg2 is None else (arg1, arg2)
    given = [getattr(one, "value", one) for one in (first, last, 1 if step is None else step)]
    tensors = [one for one in given if isinstance(one, tl.tensor)]
    if all(_alike(one.handle.data) for one in tensors):
        return range(*(int(one) for one in given))
    begin, end, by = np.broadcast_arrays(*map(_flat, given))
    counts = np.maximum(0, -((begin - end) // by))
    if (counts != counts[0]).any():
        raise shapes.Diverged(counts)
    wide = any(one.dtype in (tl.int64, tl.uint64) for one in tensors)
    return _turns(begin, by, int(counts[0]), tl.int64 if wide else tl.int32)


def _turns(begin: Array, by: Array, count: int, kind: Any) -> Iterator[Any]:
    dtype = interpreter._get_np_dtype(kind)
    for turn in range(count):
        yield tl.tensor(interpreter.TensorHandle((begin + turn * by).astype(dtype), kind), kind)


def _flat(value: Any) -> Array:
    data = value.handle.data if isinstance(value, tl.tensor) else np.array([int(value)])
    return data.reshape(data.shape[0], -1)[:, 0].astype(np.int64)


def _alike(data: Array) -> bool:
    flat = data.reshape(data.shape[0], -1)[:, 0]
    return bool((flat == flat[0]).all())
