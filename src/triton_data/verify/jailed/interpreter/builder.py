"""Every load, store and atomic of an interpreted kernel, checked before it is performed.

A pointer remembers the storage that it was made from, through all arithmetic, so that an access next to it is noticed
even where another tensor lies there. In: the builder's calls. Out: faults in `memory`. While `tracking`, two programs
that touch one element, one of them writing something new, are a race, unless an atomic of the launch may order them.
Not covered: races between the threads of one program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.jailed import source_lines
from triton_data.verify.jailed.interpreter import numbers, shapes
from triton_data.verify.jailed.interpreter.memory import Allocation, Fault, Memory

Array = Any
TensorHandle = interpreter.TensorHandle
BASE = "base"
NOBODY, SEVERAL = -1, -2


class Checked(shapes.Batched):
    memory: Memory
    tracking: bool = False
    idle: bool = False  # stores do nothing
    untouched: bool = False  # loads give zeros: there is no memory behind the addresses
    kernel: str = ""
    ordered: bool = False  # an atomic has been seen in this launch
    atomics: bool = False  # in any launch
    accesses: int = 0
    before_write: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self) -> None:
        super().__init__()
        self.widths: dict[str, int] = {}  # programs at once, by kernel, where not all fit

    def begin(self, memory: Memory) -> None:
        self.memory, self.atomics, self.accesses = memory, False, 0

    # ---- pointers -----------------------------------------------------------------------------------------

    def create_addptr(self, ptr: Any, offset: Any) -> Any:
        made = super().create_addptr(ptr, offset)
        made.attr = ptr.attr
        return made

    def create_bitcast(self, src: Any, dst_type: Any) -> Any:
        made = super().create_bitcast(src, dst_type)
        made.attr = src.attr
        return made

    create_int_to_ptr = create_ptr_to_int = create_bitcast

    def create_select(self, cond: Any, lhs: Any, rhs: Any) -> Any:
        made = super().create_select(cond, lhs, rhs)
        if lhs.attr.get(BASE) is rhs.attr.get(BASE):
            made.attr = lhs.attr
        return made

    # ---- accesses -----------------------------------------------------------------------------------------

    def create_load(self, ptr: Any, cache_modifier: Any, eviction_policy: Any, is_volatile: Any) -> Any:
        return self.create_masked_load(ptr, True, None, cache_modifier, eviction_policy, is_volatile)

    def create_store(self, ptr: Any, val: Any, cache_modifier: Any, eviction_policy: Any) -> Any:
        return self.create_masked_store(ptr, val, True, cache_modifier, eviction_policy)

    def create_masked_load(
        self, ptrs: Any, mask: Any, other: Any, cache_modifier: Any, eviction_policy: Any, is_volatile: Any
    ) -> Any:
        kind = ptrs.get_element_ty()
        dtype = interpreter._get_np_dtype(kind)
        addresses, held, rest = np.broadcast_arrays(ptrs.data, _raw(mask), 0 if other is None else _raw(other))
        found = self._reached(ptrs, addresses, held, dtype.itemsize, "load")
        if found is not None:
            made, at = found
            if made.written is not None and not made.written[at].all():
                self.memory.hint(f"{self.kernel} loads elements that nobody wrote")
            if self.tracking:
                self._track_load(made, at, self._whose(held), bool(is_volatile))
        if self.untouched:
            return TensorHandle(np.zeros(addresses.shape, dtype), kind)
        data = _load(addresses, held, rest.astype(dtype, copy=False), dtype)
        return TensorHandle(data, kind)

    def create_masked_store(self, ptrs: Any, value: Any, mask: Any, cache_modifier: Any, eviction_policy: Any) -> Any:
        dtype = interpreter._get_np_dtype(ptrs.get_element_ty())
        addresses, held, data = np.broadcast_arrays(self._each(ptrs.data), _raw(mask), value.data)
        data = _own(data.astype(dtype, copy=False))
        found = self._reached(ptrs, addresses, held, dtype.itemsize, "store")
        if found is None or self.idle:
            return
        made, at = found
        self.before_write()
        if self.tracking:
            self._track_store(made, at, data[held], addresses, held)
        addresses, held = _own(addresses), _own(held)
        interpreter._interpreter.store(addresses, data, held)
        self._wrote(made, at)
        if self.tracking and (_bits(_load(addresses, held, data, dtype)) != _bits(data)).any():
            self.memory.note("race", f"{self.kernel} stores two values to one element at once")

    def _each(self, data: Array) -> Array:
        """What every program does, with one copy for each of them."""
        return np.broadcast_to(data, (len(self.ids), *data.shape[1:])) if data.shape[0] == 1 else data

    def _whose(self, held: Array) -> Array:
        """The program of every lane that is on."""
        if held.shape[0] == 1 < len(self.ids):
            return np.full(int(held.sum()), SEVERAL)
        return np.broadcast_to(self.ids.reshape(-1, *(1,) * (held.ndim - 1)), held.shape)[held]

    def create_atomic_rmw(self, rmwOp: Any, ptr: Any, val: Any, mask: Any, sem: Any, scope: Any) -> Any:
        self.ordered = self.atomics = True
        kind = val.dtype.scalar
        arrays = np.broadcast_arrays(self._each(ptr.data), val.data, _raw(mask))
        addresses, values, held = map(_own, arrays)
        found = self._reached(ptr, addresses, held, max(1, values.itemsize), "atomic")
        if self.idle or found is None:
            return TensorHandle(np.zeros_like(values), kind)
        self.before_write()
        if numbers.is_small(kind):
            made = self._small_atomic(addresses, values, held, kind, rmwOp)
        else:
            bits = values  # an exchange does not look at what they mean, and the interpreter has one of integers only
            if rmwOp == interpreter._ir.ATOMIC_OP.XCHG and values.dtype.kind == "f":
                bits = values.view(f"i{values.itemsize}")
            plain = (
                TensorHandle(array, h.dtype) for array, h in zip((addresses, bits, held), (ptr, val, mask), strict=True)
            )
            made = super().create_atomic_rmw(rmwOp, *plain, sem, scope)
            made = TensorHandle(made.data.view(values.dtype), kind) if bits is not values else made
        self._wrote(*found)
        return made

    def create_atomic_cas(self, ptr: Any, cmp: Any, val: Any, sem: Any, scope: Any) -> Any:
        self.ordered = self.atomics = True
        arrays = np.broadcast_arrays(self._each(ptr.data), cmp.data, val.data)
        addresses, old, new = map(_own, arrays)
        found = self._reached(ptr, addresses, np.ones(addresses.shape, bool), max(1, new.itemsize), "atomic")
        if self.idle:
            return TensorHandle(old.copy(), cmp.dtype.scalar)  # the lock is free, or nobody would go on
        self.before_write()
        plain = (TensorHandle(array, h.dtype) for array, h in zip((addresses, old, new), (ptr, cmp, val), strict=True))
        made = super().create_atomic_cas(*plain, sem, scope)
        if found is not None:
            self._wrote(*found)
        return made

    def _small_atomic(self, addresses: Array, values: Array, held: Array, kind: Any, rmwOp: Any) -> Any:
        """bfloat16 additions, one after the other; what was there before each is the result."""
        if rmwOp != interpreter._ir.ATOMIC_OP.FADD:
            raise NotImplementedError(f"atomic {rmwOp} of {kind}")
        old, yes = np.zeros_like(values), np.ones(1, bool)
        for index in zip(*np.nonzero(held), strict=True):
            address = addresses[index].reshape(1)
            was = _load(address, yes, np.zeros(1, values.dtype), values.dtype)
            total = numbers.decoded(was, kind) + numbers.decoded(values[index].reshape(1), kind)
            interpreter._interpreter.store(address, numbers.encoded(total, kind), yes)
            old[index] = was[0]
        return TensorHandle(old, kind)

    # ---- checks -------------------------------------------------------------------------------------------

    def _reached(
        self, ptrs: Any, addresses: Array, held: Array, size: int, what: str
    ) -> tuple[Allocation, Array] | None:
        """The storage and the elements of it, or None where no lane is on."""
        self.accesses += 1
        touched = addresses.reshape(-1) if held.all() else addresses[held]
        if not touched.size:
            return None
        low, high = int(touched.min()), int(touched.max())
        made: Allocation | None = ptrs.attr.get(BASE) or self.memory.find(low)
        if made is None:
            raise self._stray(f"{what} at an address that belongs to no tensor")
        if low < made.start or high + size > made.end:
            before, after = max(0, made.start - low), max(0, high + size - made.end)
            raise self._stray(
                f"{what} {f'{before} bytes before' if before else f'{after} bytes after'} its tensor's memory"
            )
        return made, ((touched - np.uint64(made.start)) // np.uint64(made.unit)).astype(np.intp)

    def _stray(self, detail: str) -> Fault:
        line = source_lines.of_now()
        said = f"{self.kernel}: {detail}{f' ({line})' if line else ''}"
        self.memory.note("out_of_bounds", said)
        return Fault(said)

    def _wrote(self, made: Allocation, at: Array) -> None:
        made.by_kernel = True
        if made.written is not None:
            made.written[at] = True

    def _track_load(self, made: Allocation, at: Array, whose: Array, volatile: bool) -> None:
        if made.writer is None or made.reader is None:
            return
        wrote = made.writer[at]
        if not self.ordered and not volatile and ((wrote >= 0) & (wrote != whose)).any():
            self.memory.note("race", f"{self.kernel} loads what another program of the launch stores")
        was = made.reader[at]
        made.reader[at] = np.where((was == NOBODY) | (was == whose), whose, SEVERAL)
        made.reader[at[made.reader[at] != whose]] = SEVERAL

    def _track_store(self, made: Allocation, at: Array, values: Array, addresses: Array, held: Array) -> None:
        if made.writer is None or made.reader is None:
            return
        whose = self._whose(held)
        wrote, read = made.writer[at], made.reader[at]
        others = ((wrote >= 0) & (wrote != whose)) | ((read != NOBODY) & (read != whose))
        if others.any() and not self.ordered:
            old = _load(addresses, held, np.zeros(held.shape, values.dtype), values.dtype)[held]
            if (_bits(old) != _bits(values))[others].any():
                self.memory.note("race", f"{self.kernel}: two programs touch one element, and one of them changes it")
        made.writer[at] = whose


def _raw(value: Any) -> Array:
    return np.asarray(value.data if isinstance(value, TensorHandle) else value)


def _load(addresses: Array, held: Array, rest: Array, dtype: Any) -> Array:
    return interpreter._interpreter.load(_own(addresses), _own(held), _own(rest), dtype)


def _own(array: Array) -> Array:
    """As C++ takes it: contiguous, and not a view that several places share."""
    return array if array.flags.c_contiguous and array.flags.writeable else array.copy()


def _bits(values: Array) -> Array:
    return np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")


def pointer(made: Allocation | None, address: int, kind: Any) -> Any:
    handle = TensorHandle(np.array([address], dtype=np.uint64), kind, {BASE: made} if made else {})
    return tl.tensor(handle, kind)
