"""Code that asks for a GPU, where there is none: it is told of one from the table of targets, and computes on the CPU.

`install()` once in a process of the jail that runs such code, before the code is loaded; `redirected()` around what
it does. Kernels that ask for a device while they are imported, tests that make tensors with `device="cuda"`, and host
code that asserts `x.is_cuda` all get an answer. Not covered: several devices, graphs, memory statistics, real times.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from triton_data.extract.programs.interpreted import PRELUDE
from triton_data.formats import on_cpu
from triton_data.targets import Target, find_target

TARGET = "sm_90"


class _Redirected(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        return on_cpu.called(func, args, kwargs)


@contextlib.contextmanager
def redirected() -> Iterator[None]:
    with _Redirected(), on_cpu.Mapped():
        yield


def install() -> None:
    """For the rest of the process, which is one task of the jail."""
    torch.cuda.is_available = lambda: False  # the interpreter starts only where there is no GPU
    exec(PRELUDE, {})
    target = find_target(TARGET)
    _tensors()
    _modules()
    _torch_cuda(torch.cuda, target)
    _triton(target)


def _tensors() -> None:
    device = torch.device("cuda", 0)
    plain = torch.Tensor.device
    there = torch.device("meta")
    torch.Tensor.is_cuda = property(lambda self: True)
    torch.Tensor.is_cpu = property(lambda self: False)
    torch.Tensor.device = property(lambda self: there if plain.__get__(self).type == "meta" else device)
    torch.Tensor.get_device = lambda self: 0
    torch.Generator = _Generator


class _Generator(torch.Generator):  # type: ignore[misc]
    def __new__(cls, device: Any = None) -> Any:
        return super().__new__(cls)


def _modules() -> None:
    module = torch.nn.Module
    to = module.to

    def moved(self: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs = {key: value for key, value in kwargs.items() if not (key == "device" and on_cpu.elsewhere(value))}
        args = tuple(arg for arg in args if not on_cpu.elsewhere(arg))
        return to(self, *args, **kwargs) if args or kwargs else self

    module.cuda, module.to = lambda self, device=None: self, moved


def _torch_cuda(cuda: Any, target: Target) -> None:
    properties = types.SimpleNamespace(**{name: getattr(target, name) for name in Target.__slots__})
    answers = {
        "is_available": True, "device_count": 1, "current_device": 0, "synchronize": None, "set_device": None,
        "get_device_capability": (target.major, target.minor), "get_device_name": target.name, "empty_cache": None,
        "init": None, "_lazy_init": None, "is_bf16_supported": True, "is_initialized": True, "manual_seed": None,
        "manual_seed_all": None, "get_device_properties": properties, "reset_peak_memory_stats": None,
        "max_memory_allocated": 0, "memory_allocated": 0, "is_current_stream_capturing": False,
    }  # fmt: skip
    for name, answer in answers.items():
        setattr(cuda, name, lambda *_, _answer=answer, **__: _answer)
    cuda.device = cuda.device_of = cuda._DeviceGuard = cuda.stream = _Nothing
    cuda.current_stream = cuda.default_stream = cuda.Stream = _Stream
    cuda.Event = _Event


class _Nothing(contextlib.nullcontext):  # type: ignore[type-arg]
    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()


class _Stream(_Nothing):
    cuda_stream = 0

    def synchronize(self) -> None:
        return None

    def wait_stream(self, *_: Any) -> None:
        return None


class _Event:
    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def record(self, *_: Any) -> None:
        return None

    def synchronize(self) -> None:
        return None

    def elapsed_time(self, _: Any) -> float:
        return 1.0


def _triton(target: Target) -> None:
    import triton
    import triton.testing

    triton.runtime.driver.set_active(_Driver(target))
    triton.testing.do_bench = _once
    triton.testing.do_bench_cudagraph = _once
    triton.testing.Mark.run = _first_of_each


def _once(function: Callable[[], Any], *_: Any, quantiles: Any = None, **__: Any) -> Any:
    """Nothing is timed: what is to be timed is called."""
    function()
    return [1.0] * len(quantiles) if quantiles else 1.0


def _first_of_each(self: Any, *_: Any, **__: Any) -> None:
    """A benchmark's function, once for each line at the first of its values."""
    from triton.testing import Benchmark

    for bench in [self.benchmarks] if isinstance(self.benchmarks, Benchmark) else self.benchmarks:
        first = next(iter(bench.x_vals))
        values = first if isinstance(first, list | tuple) else [first] * len(bench.x_names)
        for line in bench.line_vals:
            with contextlib.suppress(Exception):  # one provider may ask for a package that is not here
                self.fn(**dict(zip(bench.x_names, values, strict=False)), **{bench.line_arg: line}, **bench.args)


class _Driver:
    """What kernels' host code asks Triton's driver."""

    def __init__(self, target: Target) -> None:
        self.target = target
        properties = {
            "multiprocessor_count": target.multi_processor_count, "warpSize": target.warp_size,
            "max_shared_mem": target.shared_memory_per_block_optin, "max_num_regs": target.regs_per_multiprocessor,
        }  # fmt: skip
        self.utils = types.SimpleNamespace(get_device_properties=lambda _=0: dict(properties))

    def get_current_target(self) -> Any:
        from triton.backends.compiler import GPUTarget

        return GPUTarget(self.target.backend, self.target.arch, self.target.warp_size)

    def get_current_device(self) -> int:
        return 0

    def set_current_device(self, _: int) -> None:
        return None

    def get_current_stream(self, _: int = 0) -> int:
        return 0

    def get_active_torch_device(self) -> torch.device:
        return torch.device("cuda", 0)

    def get_device_interface(self) -> Any:
        return torch.cuda

    def get_empty_cache_for_benchmark(self) -> Any:
        return torch.empty(1)

    def get_benchmarker(self) -> Any:
        return lambda kernel, **_: 1.0
