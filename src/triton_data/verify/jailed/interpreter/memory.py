"""What a candidate's memory holds and who wrote it: every storage that kernels may touch, and every access to it.

In: storages as torch makes them, and the addresses of each load and store. Out: `faults`, in the order in which they
happened; an access outside of its storage also raises, because it must not be performed. Each storage has a shadow:
which elements were ever written, and a copy of what kernels and torch operations that were seen have put there, so that
a write that nobody saw is noticed. Not covered: whether the values are right (compare/numbers.py).
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

Array = Any
POISON = 0xFF  # NaN in every floating-point type but two of the eight-bit ones; -1 in integers


class Fault(Exception):
    """Raised where going on would touch foreign memory. `memory.faults` has it even if the candidate swallows it."""


@dataclass
class Allocation:
    storage: Any  # kept, so that the address stays its own
    start: int
    size: int
    unit: int  # bytes of an element of the tensor that it was made for
    data: Array  # the bytes themselves
    shadow: Array
    written: Array | None  # by element; None: all of it
    by_kernel: bool = False
    writer: Array | None = None  # program that wrote the element in this launch, -1: none
    reader: Array | None = None

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass
class Memory:
    faults: list[tuple[str, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)  # what explains a wrong number, and is no fault by itself
    by_start: dict[int, Allocation] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)

    def note(self, reason: str, detail: str) -> None:
        if len(self.faults) < 50 and (reason, detail) not in self.faults:
            self.faults.append((reason, detail))

    def hint(self, detail: str) -> None:
        if detail not in self.hints:
            self.hints.append(detail)

    def register(self, tensor: torch.Tensor, written: bool) -> Allocation | None:
        """None for a tensor without bytes."""
        storage = tensor.untyped_storage()
        start, size = storage.data_ptr(), storage.nbytes()
        if not start or not size:
            return None
        known = self.by_start.get(start)
        if known is not None and known.size == size:
            return known
        data = np.frombuffer((ctypes.c_uint8 * size).from_address(start), dtype=np.uint8)
        unit = max(1, tensor.element_size())
        if not written:
            data[:] = POISON
        flags = None if written else np.zeros(-(-size // unit), dtype=bool)
        allocation = Allocation(storage, start, size, unit, data, data.copy(), flags)
        if known is None:
            insort(self.starts, start)
        self.by_start[start] = allocation
        return allocation

    def of(self, tensor: torch.Tensor) -> Allocation | None:
        return self.by_start.get(tensor.untyped_storage().data_ptr())

    def address(self, tensor: Any) -> int:
        return int(tensor.data_ptr())

    def find(self, address: int) -> Allocation | None:
        index = bisect_right(self.starts, address) - 1
        if index < 0:
            return None
        found = self.by_start[self.starts[index]]
        return found if address < found.end else None

    def guarded(self, tensor: torch.Tensor) -> torch.Tensor:
        """Where every address is checked, bands around it add nothing."""
        return tensor

    def refresh(self, tensor: torch.Tensor) -> None:
        """A torch operation that was seen has written this tensor."""
        allocation = self.of(tensor)
        if allocation is not None:
            allocation.shadow[:] = allocation.data
            if allocation.written is not None:
                _mark_view(allocation, tensor)

    def forget(self, keep: set[int]) -> None:
        """Between two calls: only the storages that start at one of `keep` stay."""
        self.by_start = {start: allocation for start, allocation in self.by_start.items() if start in keep}
        self.starts = sorted(self.by_start)

    def check_unseen(self, allocation: Allocation, what: str) -> None:
        if not np.array_equal(allocation.data, allocation.shadow):
            self.note("tampering", f"{what}: memory was written by neither a kernel nor a torch operation")
            allocation.shadow[:] = allocation.data

    def check_output(self, tensor: torch.Tensor, what: str) -> None:
        allocation = self.of(tensor)
        if allocation is None:
            if tensor.numel():
                self.note("tampering", f"{what} lies in memory that torch was not seen to allocate")
            return
        self.check_unseen(allocation, what)
        if allocation.written is not None and not _view(allocation, tensor, allocation.written).all():
            self.note("uninitialised_read", f"{what} has elements that nobody wrote")


def _view(allocation: Allocation, tensor: torch.Tensor, flags: Array) -> Array:
    """The flags of the tensor's own elements."""
    if tensor.element_size() != allocation.unit or not tensor.numel():
        return flags
    strides = tuple(stride * flags.itemsize for stride in tensor.stride())
    return np.lib.stride_tricks.as_strided(flags[tensor.storage_offset() :], tuple(tensor.shape), strides)


def _mark_view(allocation: Allocation, tensor: torch.Tensor) -> None:
    assert allocation.written is not None
    if tensor.element_size() != allocation.unit:
        allocation.written = None
    elif tensor.numel():
        _view(allocation, tensor, allocation.written)[...] = True
