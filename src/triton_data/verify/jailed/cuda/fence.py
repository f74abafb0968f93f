"""Device memory that ends where a tensor ends: what lies behind it is mapped to nothing, so that a touch is an error.

In: a number of bytes. Out: a byte tensor over a mapping of its own, whose last bytes are those asked for (up to 16 for
alignment); the next access behind it is an illegal one, and the device says so. `None` where the driver has no virtual
memory management. Not covered: what lies before the mapping; the bands of memory.py are there.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import torch

_PINNED, _DEVICE, _READ_WRITE = 1, 1, 3
_MINIMUM = 0


class _Location(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("id", ctypes.c_int)]


class _Properties(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("handles", ctypes.c_int),
        ("location", _Location),
        ("win32", ctypes.c_void_p),
        ("flags", ctypes.c_ubyte * 8),
    ]


class _Access(ctypes.Structure):
    _fields_ = [("location", _Location), ("flags", ctypes.c_int)]


@cache
def _driver() -> Any:
    return ctypes.CDLL("libcuda.so.1")


def _call(name: str, *arguments: Any) -> None:
    if status := getattr(_driver(), name)(*arguments):
        raise OSError(f"{name}: CUDA error {status}")


@cache
def _granularity(device: int) -> int:
    size = ctypes.c_size_t()
    _call("cuMemGetAllocationGranularity", ctypes.byref(size), ctypes.byref(_properties(device)), _MINIMUM)
    return size.value


def _properties(device: int) -> _Properties:
    return _Properties(_PINNED, 0, _Location(_DEVICE, device), None)


class Mapping:
    """One reservation, its first part backed by memory. torch keeps it as long as a tensor over it lives."""

    def __init__(self, size: int, device: int) -> None:
        step = _granularity(device)
        self.size = -(-size // step) * step
        self.reserved = self.size + step
        self.address, self.handle = ctypes.c_uint64(), ctypes.c_uint64()
        _call("cuMemAddressReserve", ctypes.byref(self.address), ctypes.c_size_t(self.reserved), ctypes.c_size_t(0),
              ctypes.c_uint64(0), ctypes.c_uint64(0))  # fmt: skip
        _call("cuMemCreate", ctypes.byref(self.handle), ctypes.c_size_t(self.size), ctypes.byref(_properties(device)),
              ctypes.c_uint64(0))  # fmt: skip
        _call("cuMemMap", self.address, ctypes.c_size_t(self.size), ctypes.c_size_t(0), self.handle, ctypes.c_uint64(0))
        access = _Access(_Location(_DEVICE, device), _READ_WRITE)
        _call("cuMemSetAccess", self.address, ctypes.c_size_t(self.size), ctypes.byref(access), ctypes.c_size_t(1))
        self.__cuda_array_interface__ = {
            "shape": (self.size,), "typestr": "|u1", "data": (self.address.value, False), "version": 3, "strides": None,
        }  # fmt: skip

    def __del__(self) -> None:
        """Nothing may still be running over it, and at the end of a process there is nothing left to give back."""
        try:
            torch.cuda.synchronize()
            _driver().cuMemUnmap(self.address, ctypes.c_size_t(self.size))
            _driver().cuMemRelease(self.handle)
            _driver().cuMemAddressFree(self.address, ctypes.c_size_t(self.reserved))
        except Exception:  # noqa: BLE001  a device that has failed takes its memory with it
            return


def fenced(size: int) -> torch.Tensor | None:
    try:
        mapping = Mapping(size, torch.cuda.current_device())
    except (OSError, AttributeError):
        return None
    return torch.as_tensor(mapping, device="cuda")
