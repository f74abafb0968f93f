"""Code that asks for CUDA, on a machine that has none: every device is the CPU, and the CPU says that it is CUDA.

`install()` once in a process that runs such code, in the interpreter; `redirected()` around the code. Answers are those
of an H100-like device with few multiprocessors. Not covered: streams and events beyond doing nothing, graphs, memory
statistics; asking for them raises as it does without a GPU.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from triton_data.formats import on_cpu
from triton_data.verify.jailed import operations

DEVICE = torch.device("cuda", 0)
MULTIPROCESSORS = 4  # few, so that a persistent kernel takes several tiles in each program
PROPERTIES = {
    "multiprocessor_count": MULTIPROCESSORS,
    "max_shared_mem": 232448,
    "max_num_regs": 65536,
    "warpSize": 32,
    "sm_clock_rate": 1_980_000,
    "mem_clock_rate": 2_619_000,
    "mem_bus_width": 5120,
}


class Grouped(TorchFunctionMode):  # type: ignore[misc]
    """Attention is one library operation, whatever the device makes of it."""

    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") == "scaled_dot_product_attention":
            with operations.whole("attention"):
                return func(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class Redirected(Grouped):
    """And `device="cuda"` in any torch call means the CPU."""

    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") == "scaled_dot_product_attention":
            return super().__torch_function__(func, kinds, args, kwargs)
        return on_cpu.called(func, args, kwargs)


@contextlib.contextmanager
def redirected() -> Iterator[None]:
    """Everything that is made for CUDA is made on the CPU."""
    with Redirected(), on_cpu.Mapped():
        yield


TOLD: dict[str, Any] = {
    "is_cuda": property(lambda self: True),
    "is_cpu": property(lambda self: False),
    "device": property(lambda self: DEVICE),
    "get_device": lambda self: 0,
}


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """For tensors without memory, which are made from what others say that they are."""
    told = [name for name in TOLD if torch.Tensor.__dict__.get(name) is TOLD[name]]
    for name in told:
        delattr(torch.Tensor, name)
    try:
        yield
    finally:
        for name in told:
            setattr(torch.Tensor, name, TOLD[name])


def install() -> None:
    """For the rest of the process; calling it again changes nothing."""
    import triton

    for name, answer in TOLD.items():
        setattr(torch.Tensor, name, answer)
    module = torch.nn.Module
    module.cuda = lambda self, device=None: self
    plain = getattr(module.to, "_plain", module.to)

    def to(self: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs = {k: v for k, v in kwargs.items() if not (k == "device" and on_cpu.elsewhere(v))}
        args = tuple(
            arg for arg in args if not on_cpu.elsewhere(arg) and not (isinstance(arg, int) and type(arg) is int)
        )
        return plain(self, *args, **kwargs) if args or kwargs else self

    to._plain = plain  # type: ignore[attr-defined]
    module.to = to
    _install_cuda(torch.cuda)
    triton.runtime.driver.set_active(_Driver())


def _install_cuda(cuda: Any) -> None:
    answers = {
        "is_available": True, "device_count": 1, "current_device": 0, "synchronize": None, "set_device": None,
        "get_device_capability": (9, 0), "get_device_name": "stand-in", "empty_cache": None, "init": None,
        "is_bf16_supported": True, "is_initialized": True, "manual_seed": None, "manual_seed_all": None,
        "get_device_properties": properties(),
    }  # fmt: skip
    for name, answer in answers.items():
        setattr(cuda, name, lambda *_, _answer=answer, **__: _answer)
    cuda.device = cuda.device_of = cuda._DeviceGuard = _Nothing
    cuda.current_stream = cuda.default_stream = lambda *_: types.SimpleNamespace(
        cuda_stream=0, synchronize=lambda: None, wait_stream=lambda *_: None, device=torch.device("cpu")
    )


def properties() -> Any:
    return types.SimpleNamespace(
        name="stand-in", major=9, minor=0, total_memory=80 << 30, multi_processor_count=MULTIPROCESSORS, warp_size=32,
        max_threads_per_multi_processor=2048, shared_memory_per_block_optin=232448, regs_per_multiprocessor=65536,
        L2_cache_size=50 << 20, gcnArchName="",
    )  # fmt: skip


class _Nothing(contextlib.nullcontext):  # type: ignore[type-arg]
    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()


class _Driver:
    """What kernels' host code asks Triton's driver."""

    def __init__(self) -> None:
        self.utils = types.SimpleNamespace(get_device_properties=lambda _=0: dict(PROPERTIES))

    def get_current_target(self) -> Any:
        from triton.backends.compiler import GPUTarget

        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        return 0

    def set_current_device(self, _: int) -> None:
        return None

    def get_current_stream(self, _: int = 0) -> int:
        return 0

    def get_active_torch_device(self) -> torch.device:
        return DEVICE

    def get_device_interface(self) -> Any:
        return torch.cuda

    def get_empty_cache_for_benchmark(self) -> Any:
        return torch.empty(1)

    def get_benchmarker(self) -> Any:
        return lambda kernel, **_: 1.0


def warm() -> None:
    """In a zygote, the first use of what torch loads late, so that no task pays for it."""
    torch.manual_seed(0)
    with redirected(), operations.Operations():
        torch.randn(2, device="cuda").add_(1)
    torch.nn.functional.gelu(torch.nn.LayerNorm(8)(torch.randn(4, 8))).double().sum().item()
