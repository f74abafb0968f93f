"""What can be known of device memory from outside of kernels: poison inside, guard bands around, who touched what.

The counterpart of jailed/interpreter/memory.py with the same methods. Tensors that torch leaves uninitialised, inputs
and
weights end where their memory ends (fence.py), and before them lies a band of a known pattern, which is looked at after
each call. Not covered: reads before a tensor, except that they bring NaN into the numbers; races.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from triton_data.verify.jailed.cuda import fence

BAND = 4096  # bytes on each side
ALIGNMENT = 16
PATTERN = 0xFF  # NaN in floating-point types


@dataclass
class Block:
    start: int
    by_kernel: bool = False


@dataclass
class DeviceMemory:
    faults: list[tuple[str, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    blocks: dict[int, Block] = field(default_factory=dict)
    bands: list[tuple[torch.Tensor, int, int]] = field(default_factory=list)  # all bytes, where it starts, its bytes
    kept: list[Any] = field(default_factory=list)  # so that addresses stay their own

    def note(self, reason: str, detail: str) -> None:
        if len(self.faults) < 50 and (reason, detail) not in self.faults:
            self.faults.append((reason, detail))

    def check_unseen(self, tensor: torch.Tensor, what: str) -> None:
        """Memory that no operation in sight allocated was filled by one that was hidden."""
        if tensor.untyped_storage().nbytes() and self.of(tensor) is None:
            self.note("tampering", f"{what} lies in memory that torch was not seen to allocate")

    def register(self, tensor: torch.Tensor, written: bool) -> Block | None:
        storage = tensor.untyped_storage()
        start = int(storage.data_ptr())
        if not start or not storage.nbytes():
            return None
        if start not in self.blocks:
            self.blocks[start] = Block(start)
            self.kept.append(storage)
        return self.blocks[start]

    def of(self, tensor: torch.Tensor) -> Block | None:
        return self.blocks.get(int(tensor.untyped_storage().data_ptr()))

    def refresh(self, tensor: torch.Tensor) -> None:
        """Content is not followed here."""

    def guarded(self, tensor: torch.Tensor) -> torch.Tensor:
        """The same tensor in poisoned memory between two bands."""
        if not tensor.is_cuda or not tensor.numel():
            return tensor
        return self.between(tensor.shape, tensor.stride(), tensor.dtype, tensor.device)

    def between(self, shape: Sequence[int], strides: Sequence[int], dtype: torch.dtype, device: Any) -> torch.Tensor:
        """At the very end of memory that nothing follows, where the driver gives such; else between two bands."""
        length = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
        exact = length * dtype.itemsize
        inside = -(-exact // ALIGNMENT) * ALIGNMENT
        whole = fence.fenced(BAND + inside)
        if whole is None:
            whole = torch.empty(2 * BAND + inside, dtype=torch.uint8, device=device)
            start = BAND
        else:
            start = whole.numel() - inside
        whole[max(0, start - BAND) :].fill_(PATTERN)
        self.bands.append((whole, start, exact))
        flat = torch.empty(0, dtype=dtype, device=device)
        return flat.set_(whole.untyped_storage(), start // dtype.itemsize, tuple(shape), tuple(strides))

    def check_bands(self) -> None:
        for whole, start, exact in self.bands:
            before, after = whole[max(0, start - BAND) : start], whole[start + exact : start + exact + BAND]
            if bool((before != PATTERN).any()) or bool((after != PATTERN).any()):
                self.note("out_of_bounds", "a kernel stored outside of a tensor")
        self.bands.clear()

    def check_output(self, tensor: torch.Tensor, what: str) -> None:
        """Poison that stays shows in the numbers."""
