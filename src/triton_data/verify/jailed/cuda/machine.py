"""Where a candidate runs on a CUDA device: compiled kernels, counted as they are launched."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
from triton.runtime import autotuner, jit

from triton_data.verify.jailed import inductor_names, tuning_turns
from triton_data.verify.jailed.cuda.memory import DeviceMemory
from triton_data.verify.jailed.cuda_on_cpu import Grouped
from triton_data.verify.jailed.launch_counts import LAUNCHING

ONE_QUEUE = {"CUDA_DEVICE_MAX_CONNECTIONS": "1"}  # opening the device takes less than half the time so


class Compiled:
    accesses = 0
    atomics = False

    def __init__(self) -> None:
        os.environ.update(ONE_QUEUE)
        self.memory = DeviceMemory()
        self.launched: list[str] = []
        self.idle = False
        self.choice = 0
        self.stream: Any = None
        inductor_names.install(on_cpu=False)
        self._launch = jit.JITFunction.run
        self._tune = autotuner.Autotuner.run

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        machine = self

        def run(function: Any, *args: Any, grid: Any, warmup: bool, **kwargs: Any) -> Any:
            machine.record_launch(function, (*args, *kwargs.values()))
            LAUNCHING.integers += _integers(function, args, kwargs)
            return None if machine.idle else machine._launch(function, *args, grid=grid, warmup=warmup, **kwargs)

        def tuned(tuner: Any, *args: Any, **kwargs: Any) -> Any:
            return tuning_turns.tuned(tuner, args, kwargs, machine.choice)

        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        jit.JITFunction.run, autotuner.Autotuner.run = run, tuned
        self.stream = torch.cuda.current_stream()
        try:
            with Grouped():
                yield
        finally:
            jit.JITFunction.run, autotuner.Autotuner.run = self._launch, self._tune

    def record_launch(self, function: Any, arguments: tuple[Any, ...]) -> None:
        name = function.fn.__name__
        self.launched.append(name)
        if torch.cuda.current_stream() != self.stream:
            self.memory.note("tampering", f"{name} is launched on another stream than its caller's")
        LAUNCHING.numbers += [repr(value) for value in arguments if isinstance(value, float)]
        for place, value in enumerate(arguments):
            value = getattr(value, "base", value)
            if isinstance(value, torch.Tensor):
                self.memory.check_unseen(value, f"{name}'s argument {place}")
                if (block := self.memory.register(value, written=True)) is not None:
                    block.by_kernel = True

    def begin(self, index: int, idle: bool) -> None:
        self.idle, self.choice, self.launched, LAUNCHING.numbers = idle, index, [], []
        LAUNCHING.integers = []
        self.stream = torch.cuda.current_stream()

    def settle(self) -> None:
        """On all streams."""
        torch.cuda.synchronize()
        self.memory.check_bands()

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        if 0 in tensor.stride() or not tensor.numel():
            return tensor.to("cuda")
        placed = self.memory.between(tensor.shape, tensor.stride(), tensor.dtype, "cuda").copy_(tensor)
        self.memory.register(placed, written=True)
        return placed

    def on_device(self, instance: Any) -> Any:
        if not isinstance(instance, torch.nn.Module):
            return instance
        for weight in [*instance.to("cuda").parameters(), *instance.buffers()]:
            weight.data = self.put(weight.data)
        return instance


def _integers(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[int]:
    """That the kernel is given as numbers, not those that it is compiled for."""
    constant = {parameter.name for parameter in function.params if parameter.is_constexpr}
    named = {**dict(zip(function.arg_names, args, strict=False)), **kwargs}
    return [v for k, v in named.items() if type(v) is int and k in function.arg_names and k not in constant]


def warm() -> None:
    """What every task would do again, in the zygote, which must not open the device: hash the compiler, find its tools
    and build the extension that loads kernels."""
    from triton.backends.nvidia import compiler, driver
    from triton.runtime import cache

    cache.triton_key()
    with contextlib.suppress(Exception):  # each of them depends on the version, and is only a saving
        compiler.get_ptxas_version(90)
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"TRITON_CACHE_DIR": folder}):
        with contextlib.suppress(Exception):
            driver.CudaUtils()
