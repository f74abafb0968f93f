"""Every load, store and atomic of an interpreted kernel, checked before it is performed.

A pointer remembers the storage that it was made from, through all arithmetic, so that an access next to it is noticed
even where another tensor lies there. In: the builder's calls. Out: faults in `memory`. While `tracking`, two programs
that touch one element, one of them writing something new, are a race, unless an atomic of the launch may order them.
Not covered: races between the threads of one program.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.interpreter import numbers
from triton_data.verify.interpreter.memory import Allocation, Fault, Memory

Array = Any
TensorHandle = interpreter.TensorHandle
BASE = "base"
_KEEPING = ("create_splat", "create_broadcast", "create_expand_dims", "create_reshape", "create_trans",
            "create_bitcast", "create_unsplat")  # fmt: skip


class Checked(numbers.Arithmetic):
    memory: Memory
    tracking: bool = False
    idle: bool = False  # stores do nothing
    kernel: str = ""
    ordered: bool = False  # an atomic has been seen in this launch
    atomics: bool = False  # in any launch
    accesses: int = 0

    def begin(self, memory: Memory) -> None:
        self.memory, self.atomics, self.accesses = memory, False, 0

    @property
    def program(self) -> int:
        x, y, z = self.grid_idx
        return int((z * self.grid_dim[1] + y) * self.grid_dim[0] + x)

    # ---- pointers -----------------------------------------------------------------------------------------

    def create_addptr(self, ptr: Any, offset: Any) -> Any:
        made = super().create_addptr(ptr, offset)
        made.attr = ptr.attr
        return made

    def create_select(self, cond: Any, lhs: Any, rhs: Any) -> Any:
        made = super().create_select(cond, lhs, rhs)
        if lhs.attr.get(BASE) is rhs.attr.get(BASE):
            made.attr = lhs.attr
        return made

    # ---- accesses -----------------------------------------------------------------------------------------

    def create_masked_load(self, ptrs: Any, mask: Any, other: Any, cache: Any, eviction: Any, volatile: Any) -> Any:
        kind = ptrs.get_element_ty()
        dtype = interpreter._get_np_dtype(kind)
        held = _array(mask, ptrs.data)
        found = self._reached(ptrs, held, dtype.itemsize, "load")
        if found is not None:
            made, at = found
            if made.written is not None and not made.written[at].all():
                self.memory.hint(f"{self.kernel} loads elements that nobody wrote")
            if self.tracking:
                self._track_load(made, at, bool(volatile))
        rest = np.zeros(ptrs.data.shape, dtype) if other is None else np.ascontiguousarray(_fit(other, dtype, ptrs))
        data = interpreter._interpreter.load(np.ascontiguousarray(ptrs.data), held, rest, dtype)
        return TensorHandle(data, kind)

    def create_masked_store(self, ptrs: Any, value: Any, mask: Any, cache: Any, eviction: Any) -> Any:
        held = _array(mask, ptrs.data)
        dtype = interpreter._get_np_dtype(ptrs.get_element_ty())
        data = np.ascontiguousarray(np.broadcast_to(value.data, ptrs.data.shape)).astype(dtype, copy=False)
        found = self._reached(ptrs, held, dtype.itemsize, "store")
        if found is None or self.idle:
            return None
        made, at = found
        addresses = np.ascontiguousarray(ptrs.data)
        if self.tracking:
            self._track_store(made, at, data[held] if not held.all() else data.reshape(-1), addresses, held)
        result = interpreter._interpreter.store(addresses, data, held)
        self._wrote(made, at)
        if self.tracking:
            self._check_lanes(addresses, data, held)
        return result

    def create_atomic_rmw(self, rmwOp: Any, ptr: Any, val: Any, mask: Any, sem: Any, scope: Any) -> Any:
        self.ordered = self.atomics = True
        kind = val.dtype.scalar
        found = self._reached(ptr, _array(mask, ptr.data), max(1, val.data.itemsize), "atomic")
        if self.idle or found is None:
            return TensorHandle(np.zeros_like(val.data), kind)
        if numbers.is_small(kind):
            made = self._small_atomic(ptr, val, _array(mask, ptr.data), rmwOp)
        else:
            made = super().create_atomic_rmw(rmwOp, ptr, val, mask, sem, scope)
        self._wrote(*found)
        return made

    def create_atomic_cas(self, ptr: Any, cmp: Any, val: Any, sem: Any, scope: Any) -> Any:
        self.ordered = self.atomics = True
        found = self._reached(ptr, np.ones(ptr.data.shape, bool), max(1, val.data.itemsize), "atomic")
        if self.idle:
            return TensorHandle(cmp.data.copy(), cmp.dtype.scalar)  # the lock is free, or nobody would go on
        made = super().create_atomic_cas(ptr, cmp, val, sem, scope)
        if found is not None:
            self._wrote(*found)
        return made

    def _small_atomic(self, ptr: Any, val: Any, held: Array, rmwOp: Any) -> Any:
        """bfloat16 additions, one after the other; what was there before each is the result."""
        if rmwOp != interpreter._ir.ATOMIC_OP.FADD:
            raise NotImplementedError(f"atomic {rmwOp} of {val.dtype}")
        kind, old = val.dtype.scalar, np.zeros_like(val.data)
        values = np.broadcast_to(val.data, ptr.data.shape)
        for index in zip(*np.nonzero(held), strict=True):
            address = np.ascontiguousarray(ptr.data[index]).reshape(1)
            yes, zero = np.ones(1, bool), np.zeros(1, val.data.dtype)
            was = interpreter._interpreter.load(address, yes, zero, val.data.dtype)
            total = numbers.decoded(was, kind) + numbers.decoded(values[index].reshape(1), kind)
            interpreter._interpreter.store(address, numbers.encoded(total, kind), yes)
            old[index] = was[0]
        return TensorHandle(old, kind)

    # ---- checks -------------------------------------------------------------------------------------------

    def _reached(self, ptrs: Any, held: Array, size: int, what: str) -> tuple[Allocation, Array] | None:
        """The storage and the elements of it, or None where no lane is on."""
        self.accesses += 1
        addresses = ptrs.data.reshape(-1) if held.all() else ptrs.data[held]
        if not addresses.size:
            return None
        low, high = int(addresses.min()), int(addresses.max())
        made: Allocation | None = ptrs.attr.get(BASE) or self.memory.find(low)
        if made is None:
            raise self._stray(f"{what} at an address that belongs to no tensor")
        if low < made.start or high + size > made.end:
            before, after = max(0, made.start - low), max(0, high + size - made.end)
            raise self._stray(
                f"{what} {f'{before} bytes before' if before else f'{after} bytes after'} its tensor's memory"
            )
        return made, ((addresses - np.uint64(made.start)) // np.uint64(made.unit)).astype(np.intp)

    def _stray(self, detail: str) -> Fault:
        said = f"{self.kernel}, program {self.grid_idx}: {detail}"
        self.memory.note("out_of_bounds", said)
        return Fault(said)

    def _wrote(self, made: Allocation, at: Array) -> None:
        made.by_kernel = True
        if made.written is not None:
            made.written[at] = True

    def _track_load(self, made: Allocation, at: Array, volatile: bool) -> None:
        if made.writer is None or made.reader is None:
            return
        wrote = made.writer[at]
        if not self.ordered and not volatile and ((wrote >= 0) & (wrote != self.program)).any():
            self.memory.note("race", f"{self.kernel} loads what another program of the launch stores")
        made.reader[at] = self.program

    def _track_store(self, made: Allocation, at: Array, values: Array, addresses: Array, held: Array) -> None:
        if made.writer is None or made.reader is None:
            return
        wrote, read = made.writer[at], made.reader[at]
        others = ((wrote >= 0) & (wrote != self.program)) | ((read >= 0) & (read != self.program))
        if others.any() and not self.ordered:
            now = interpreter._interpreter.load(addresses, held, np.zeros(held.shape, values.dtype), values.dtype)
            old = now[held] if not held.all() else now.reshape(-1)
            if (_bits(old) != _bits(values))[others].any():
                self.memory.note("race", f"{self.kernel}: two programs touch one element, and one of them changes it")
        made.writer[at] = self.program

    def _check_lanes(self, addresses: Array, data: Array, held: Array) -> None:
        now = interpreter._interpreter.load(addresses, held, data, data.dtype)
        if (_bits(now) != _bits(data)).any():
            self.memory.note("race", f"{self.kernel} stores two values to one element at once")


def _array(mask: Any, like: Array) -> Array:
    data = mask.data if isinstance(mask, TensorHandle) else mask
    return np.ascontiguousarray(np.broadcast_to(np.asarray(data, dtype=bool), like.shape))


def _fit(other: Any, dtype: Any, ptrs: Any) -> Array:
    return np.broadcast_to(other.data.astype(dtype, copy=False), ptrs.data.shape)


def _bits(values: Array) -> Array:
    return np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")


def _keeping(name: str) -> Any:
    plain = getattr(numbers.Arithmetic, name)

    def keep(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = plain(self, *args, **kwargs)
        source = next(arg for arg in args if isinstance(arg, TensorHandle))
        if BASE in source.attr:
            made.attr = source.attr
        return made

    return keep


for _name in _KEEPING:
    if hasattr(numbers.Arithmetic, _name):
        setattr(Checked, _name, _keeping(_name))


def keep_through_blocks() -> None:
    """Block pointers and descriptors make their addresses themselves."""
    for kind in (interpreter.BlockPointerHandle, interpreter.TensorDescHandle):
        plain = kind.materialize_pointers
        if getattr(plain, "keeps", False):
            continue

        def materialize(self: Any, *args: Any, _plain: Any = plain) -> Any:
            handle, mask = _plain(self, *args)
            handle.attr = self.base.attr
            return handle, mask

        materialize.keeps = True  # type: ignore[attr-defined]
        kind.materialize_pointers = materialize


def pointer(made: Allocation | None, address: int, kind: Any) -> Any:
    handle = TensorHandle(np.array([address], dtype=np.uint64), kind, {BASE: made} if made else {})
    return tl.tensor(handle, kind)
