"""What answers in place of a GPU: Triton's driver, Dynamo's device interface, and three functions of torch.cuda.

Enters: a Target. Leaves: a context in which Inductor and Triton ask it instead of hardware. These are extension
points, or public functions; what replaces private parts of torch is in patches.py.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
from torch._dynamo import device_interface
from triton.backends.compiler import GPUTarget
from triton.backends.driver import DriverBase
from triton.runtime import driver

from triton_data.targets import Target

DEVICE = torch.device("cuda", 0)  # every target's: torch calls AMD's 'cuda' too


@contextlib.contextmanager
def answering_for(target: Target) -> Iterator[None]:
    properties = _properties(target)
    with triton_driver(target), _device_interface(target, properties), _device_module(properties):
        yield


def _properties(target: Target) -> types.SimpleNamespace:
    return types.SimpleNamespace(**{name: getattr(target, name) for name in Target.__slots__})


@contextlib.contextmanager
def triton_driver(target: Target) -> Iterator[None]:
    """Triton's own extension point (`driver.set_active`): Inductor asks the active driver what it compiles for.

    Set by the attribute behind it, because putting back "none yet" is not in the public form.
    """
    with mock.patch.object(driver, "_active", _Driver(target)):
        yield


class _Driver(DriverBase):  # type: ignore[misc]
    def __init__(self, target: Target) -> None:
        self.target = GPUTarget(target.backend, target.arch, target.warp_size)

    @classmethod
    def is_active(cls) -> bool:
        return True

    def get_current_target(self) -> GPUTarget:
        return self.target

    def get_active_torch_device(self) -> torch.device:
        return torch.device("cuda", 0)

    def get_current_device(self) -> int:
        return 0

    def get_current_stream(self, device: int) -> int:
        return 0

    def map_python_to_cpp_type(self, ty: str) -> str:
        return ty

    def get_benchmarker(self) -> Any:
        raise RuntimeError("a headless capture must not benchmark")


@contextlib.contextmanager
def _device_interface(target: Target, properties: types.SimpleNamespace) -> Iterator[None]:
    """Dynamo's registry of devices, meant for other vendors to fill; the CUDA entry would ask the runtime."""
    base = device_interface.CudaInterface

    class Interface(base):  # type: ignore[misc, valid-type]
        class Worker(base.Worker):  # type: ignore[misc, name-defined]
            get_device_properties = staticmethod(lambda device=None: properties)
            current_device = staticmethod(lambda: 0)
            set_device = staticmethod(lambda device: None)

        is_available = staticmethod(lambda: True)
        device_count = staticmethod(lambda: 1)
        current_device = staticmethod(lambda: 0)
        synchronize = staticmethod(lambda device=None: None)
        get_device_properties = staticmethod(lambda device=None: properties)
        get_compute_capability = staticmethod(lambda device=None: target.arch)
        is_bf16_supported = staticmethod(lambda including_emulation=False: True)
        is_triton_capable = staticmethod(lambda device=None: True)
        raise_if_triton_unavailable = staticmethod(lambda device=None: None)

    device_interface.init_device_reg()
    with mock.patch.dict(device_interface.device_interfaces, {"cuda": Interface, "cuda:0": Interface}):
        yield


@contextlib.contextmanager
def _device_module(properties: types.SimpleNamespace) -> Iterator[None]:
    """Inductor's scheduler and heuristics call `torch.cuda` directly for these three."""
    capability = (properties.major, properties.minor)
    with contextlib.ExitStack() as stack:
        for name, answer in {
            "current_device": lambda: 0,
            "get_device_properties": lambda device=None: properties,
            "get_device_capability": lambda device=None: capability,
        }.items():
            stack.enter_context(mock.patch.object(torch.cuda, name, answer))
        yield
