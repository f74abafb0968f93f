"""Many programs of a launch at once: every value of the interpreter has one more axis in front, the programs.

Triton's interpreter spends ten milliseconds on a program of fifty operations, whatever its size, so here each operation
is done once for all programs. A scalar is an array of one number a program, a block one block a program; what is the
same in all programs has length 1 on that axis. Where programs part ways, in an `if` or in the length of a loop,
`Diverged` is raised with what each of them wants, and execute.py runs those that agree together.
Not covered: waiting for another program of the same launch (a spin lock that never sees its turn).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.jailed.interpreter import assembly, numbers

Array = Any
TensorHandle = interpreter.TensorHandle
WIDEST = 1 << 20  # elements of one value, over all programs


class Diverged(Exception):
    """`values` is what each program of the batch has."""

    def __init__(self, values: Array) -> None:
        super().__init__("programs part ways")
        self.values = values


class TooWide(Exception):
    """The batch is to be halved."""


class Batched(numbers.Arithmetic):
    places: Array  # (programs, 3)
    ids: Array  # one number a program

    def set_places(self, places: Array) -> None:
        nx, ny, _ = self.grid_dim
        self.places = places
        self.ids = (places[:, 2] * ny + places[:, 1]) * nx + places[:, 0]

    def create_get_program_id(self, axis: int) -> Any:
        return TensorHandle(self.places[:, axis].astype(np.int32), tl.int32)

    def create_make_range(self, ret_ty: Any, start: int, stop: int) -> Any:
        return TensorHandle(np.arange(start, stop, dtype=np.int32)[None], tl.int32)

    def create_expand_dims(self, arg: Any, axis: int) -> Any:
        return _like(arg, np.expand_dims(arg.data, axis + 1))

    def create_broadcast(self, arg: Any, shape: Any) -> Any:
        return _like(arg, self._wide(arg.data, shape))

    def create_splat(self, ret_ty: Any, arg: Any) -> Any:
        shape = ret_ty.shape if hasattr(ret_ty, "shape") else arg
        arg = arg if hasattr(ret_ty, "shape") else ret_ty
        flat = arg.data.reshape(arg.data.shape[0], -1)[:, 0]
        return _like(arg, self._wide(flat.reshape((-1,) + (1,) * len(shape)), shape))

    def _wide(self, data: Array, shape: Any) -> Array:
        full = (data.shape[0], *(int(n) for n in shape))
        if data.shape[0] > 1 and np.prod(full) > WIDEST:
            raise TooWide
        return np.broadcast_to(data, full)

    def create_unsplat(self, arg: Any) -> Any:
        return _like(arg, arg.data.reshape(arg.data.shape[0], -1)[:, 0])

    def create_reshape(self, arg: Any, shape: Any, allow_reorder: bool = False) -> Any:
        return _like(arg, arg.data.reshape((arg.data.shape[0], *shape)))

    def create_trans(self, arg: Any, perm: Any) -> Any:
        return _like(arg, np.transpose(arg.data, (0, *(axis + 1 for axis in perm))))

    def create_cat(self, lhs: Any, rhs: Any) -> Any:
        return _like(lhs, np.concatenate(together(lhs.data, rhs.data), axis=1))

    def create_join(self, lhs: Any, rhs: Any) -> Any:
        return _like(lhs, np.stack(np.broadcast_arrays(lhs.data, rhs.data), axis=-1))

    def create_gather(self, src: Any, indices: Any, axis: int) -> Any:
        source, places = together(src.data, indices.data)
        return _like(src, np.take_along_axis(source, places.astype(np.int64), axis=axis + 1))

    def create_histogram(self, data: Any, bins: int, mask: Any) -> Any:
        values = data.data
        held = np.ones(values.shape, bool) if mask is None else np.broadcast_to(mask.data, values.shape)
        rows = [
            np.bincount(row[on].astype(np.int64), minlength=bins)[:bins] for row, on in zip(values, held, strict=True)
        ]
        return TensorHandle(np.stack(rows).astype(np.int32), tl.int32)

    def create_advance(self, ptr: Any, offsets: Any) -> Any:
        moved = [TensorHandle(old.data + by.data, old.dtype) for old, by in zip(ptr.offsets, offsets, strict=True)]
        return interpreter.BlockPointerHandle(ptr.base, ptr.shape, ptr.strides, moved, ptr.block_shape, ptr.order)

    def create_inline_asm(self, text: str, constraints: str, values: Any, types: Any, is_pure: bool, pack: int) -> Any:
        """With one result; a PTX register of several packed values is not covered."""
        kinds = list(types) if isinstance(types, list | tuple) else [types]
        if len(kinds) != 1 or pack != 1:
            raise NotImplementedError(f"the interpreter knows no packed inline assembly: {text!r}")
        arrays = list(np.broadcast_arrays(*(value.data for value in values)))
        data = assembly.performed(text, arrays, interpreter._get_np_dtype(kinds[0].scalar))
        return _Results(data, kinds[0].scalar)

    def create_descriptor_gather(self, desc: Any, x_offsets: Any, y_offset: Any, type: Any) -> Any:
        ptrs, mask = _rows(desc, x_offsets, y_offset)
        return self.create_masked_load(ptrs, mask, None, None, None, False)

    def create_descriptor_scatter(self, desc: Any, value: Any, x_offsets: Any, y_offset: Any) -> None:
        ptrs, mask = _rows(desc, x_offsets, y_offset)
        self.create_masked_store(ptrs, value, mask, None, None)


class _Results(TensorHandle):  # type: ignore[misc, valid-type]
    """What an operation with several results would give: the one that there is."""

    def get_result(self, index: int) -> Any:
        return self


def _like(arg: Any, data: Array) -> Any:
    """Of the same type, and still a pointer into the same storage if it was one."""
    return TensorHandle(data, arg.dtype.scalar, arg.attr if "base" in arg.attr else {})


def together(*arrays: Array) -> list[Array]:
    """With the same number of programs in front; the other axes stay."""
    most = max(array.shape[0] for array in arrays)
    return [np.broadcast_to(array, (most, *array.shape[1:])) for array in arrays]


def _along(values: Array, axis: int, count: int) -> Array:
    """A number a program, or a row of them, laid along one axis of a block."""
    shape = [values.shape[0]] + [1] * count
    if values.ndim > 1:
        shape[axis + 1] = values.shape[1]
    return values.reshape(shape)


def _addresses(handle: Any, offsets: list[Array], checked: Any) -> tuple[Any, Array]:
    """Pointers of a block whose axis i has these offsets, and which of them lie inside of `shape`."""
    count, size = len(offsets), max(1, handle.base.get_element_ty().primitive_bitwidth // 8)
    ptrs, mask = _along(handle.base.data, 0, count), np.ones((1,) * (count + 1), bool)
    for axis, along in enumerate(offsets):
        at = _along(along.astype(np.int64), axis, count)
        stride = _along(handle.strides[axis].data.astype(np.int64), axis, count)
        ptrs = ptrs + (size * at * stride).astype(np.uint64)
        if axis in checked:
            mask = mask & (at < _along(handle.shape[axis].data, axis, count)) & (at >= 0)
    ptrs, mask = np.broadcast_arrays(ptrs, mask)
    return TensorHandle(ptrs, handle.base.dtype.scalar, handle.base.attr), mask


def _rows(desc: Any, x_offsets: Any, y_offset: Any) -> tuple[Any, Array]:
    columns = y_offset.data[:, None] + np.arange(desc.block_shape[-1])[None]
    return _addresses(desc, [x_offsets.data, columns], (0, 1))


def _of_block(self: Any, boundary_check: Any) -> tuple[Any, Array]:
    offsets = [o.data[:, None] + np.arange(n)[None] for o, n in zip(self.offsets, self.block_shape, strict=True)]
    return _addresses(self, offsets, boundary_check)


def _of_descriptor(self: Any, offsets: Any) -> tuple[Any, Array]:
    size = self.base.dtype.element_ty.primitive_bitwidth // 8
    assert ((offsets[-1].data * size) % 16 == 0).all(), "block offset start must be 16-byte aligned"
    places = [o.data[:, None] + np.arange(n)[None] for o, n in zip(offsets, self.block_shape, strict=True)]
    return _addresses(self, places, range(self.ndim))


def _validate(self: Any) -> None:
    size = self.base.dtype.element_ty.primitive_bitwidth // 8
    assert (self.base.data % 16 == 0).all(), "base must be 16-byte aligned"
    assert len(self.strides) == self.ndim >= 1, "a descriptor has a stride an axis"
    assert all((s.data.astype(np.int64) * size % 16 == 0).all() for s in self.strides[:-1]), (
        "strides must be 16-byte aligned"
    )
    assert (self.strides[-1].data == 1).all(), "last dim must be contiguous"


def agreed(values: Array) -> Any:
    """The one number that all programs have."""
    flat = values.reshape(values.shape[0], -1)[:, 0]
    if (flat != flat[0]).any():
        raise Diverged(flat)
    return flat[0]


def _true(self: Any) -> bool:
    """Only a scalar decides; Triton's own interpreter takes a block for true as well."""
    data = self.handle.data
    return True if data.size > data.shape[0] else bool(agreed(data))


def _transposed(self: Any) -> Any:
    order = list(range(len(self.type.shape)))[::-1]
    handle = interpreter.interpreter_builder.create_trans(self.handle, order)
    return tl.tensor(handle, tl.block_type(self.dtype, list(self.type.shape)[::-1]))


def install() -> None:
    tl.tensor.__bool__ = _true
    tl.tensor.__index__ = lambda self: int(agreed(self.handle.data))
    tl.tensor.T = property(_transposed)
    interpreter.BlockPointerHandle.materialize_pointers = _of_block
    interpreter.TensorDescHandle.materialize_pointers = _of_descriptor
    interpreter.TensorDescHandle.validate = _validate
