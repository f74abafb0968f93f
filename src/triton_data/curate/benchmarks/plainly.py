"""Torch without what stands in the way of following tensors: compilers, other devices, parameters that change places.

In: a block of code. Out: the same block, in which `torch.jit.script` and `torch.compile` hand back what they were
given, every device is the CPU, and a module that is cast gets new parameters (fake tensors cannot change places with
others). Not covered: what is imported before and keeps a compiler of its own.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch.overrides import TorchFunctionMode

from triton_data.formats import on_cpu

_COMPILERS = ((torch.jit, "script"), (torch.jit, "script_if_tracing"), (torch.jit, "trace"), (torch, "compile"))


class _OnCpu(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        return on_cpu.called(func, args, kwargs)


@contextmanager
def plain() -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name in _COMPILERS:
            stack.enter_context(mock.patch.object(owner, name, _as_it_is))
        stack.enter_context(mock.patch.object(torch.nn.Module, "_apply", _with_new_parameters))
        stack.enter_context(_OnCpu())
        yield


@contextmanager
def as_module(name: str, module: types.ModuleType) -> Iterator[None]:
    """Dataclasses look up the module that they are of."""
    sys.modules[name] = module  # and what it imports stays
    try:
        yield
    finally:
        sys.modules.pop(name, None)


def _as_it_is(thing: Any = None, *_: Any, **__: Any) -> Any:
    """`@script`, `@compile(mode=...)`, `trace(f, inputs)`."""
    return thing if thing is not None else lambda function: function


def _with_new_parameters(
    module: torch.nn.Module, function: Callable[[Any], Any], recurse: bool = True
) -> torch.nn.Module:
    for each in module.modules() if recurse else (module,):
        for name, parameter in each._parameters.items():
            if parameter is not None:
                made = function(parameter.detach())
                each._parameters[name] = torch.nn.Parameter(made, parameter.requires_grad and made.is_floating_point())
        for name, buffer in each._buffers.items():
            each._buffers[name] = buffer if buffer is None else function(buffer)
    return module
