"""Where a candidate runs on the CPU: the interpreter, with every access watched."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from triton.runtime import interpreter

from triton_data.verify.jailed import cuda_on_cpu, inductor_names
from triton_data.verify.jailed.interpreter.execute import LAUNCHES
from triton_data.verify.jailed.interpreter.memory import Memory


class Interpreted:
    def __init__(self) -> None:
        cuda_on_cpu.install()
        inductor_names.install(on_cpu=True)
        self.memory = Memory()

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        LAUNCHES.begin(self.memory, 0, False, False)
        with cuda_on_cpu.redirected():
            yield

    def begin(self, index: int, idle: bool) -> None:
        """The first draw is tracked for races; every later one runs its programs in another order."""
        LAUNCHES.begin(self.memory, index, index == 0, idle)
        LAUNCHES.choice = index

    def settle(self) -> None:
        """Everything has happened already."""

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    def on_device(self, instance: Any) -> Any:
        return instance

    @property
    def launched(self) -> list[str]:
        return LAUNCHES.names

    @property
    def atomics(self) -> bool:
        return bool(interpreter.interpreter_builder.atomics)

    @property
    def accesses(self) -> int:
        return int(interpreter.interpreter_builder.accesses)
