"""A module and its inputs in float64, whatever type its code names: the numbers that all others are measured by.

Parameters, buffers, tensors in attributes and inputs become double, and while `InDouble()` is active so does every
floating-point type that the code asks for. Runs foreign code: only in the jail. Not covered: code that reinterprets
bits, and kernels of its own; those raise, or give the numbers of their own type.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

WIDE = {
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
    torch.float32: torch.float64,
    torch.complex64: torch.complex128,
}
_CASTS = {"float", "half", "bfloat16"}


class InDouble(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in _CASTS and len(args) == 1:
            return args[0].double()
        args = tuple(WIDE.get(arg, arg) if isinstance(arg, torch.dtype) else arg for arg in args)
        kwargs = {k: WIDE.get(v, v) if isinstance(v, torch.dtype) else v for k, v in (kwargs or {}).items()}
        return func(*args, **kwargs)


@contextmanager
def in_double() -> Iterator[None]:
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with InDouble():
            yield
    finally:
        torch.set_default_dtype(usual)


def widened(value: Any) -> Any:
    """A copy with every floating-point tensor as double."""
    return pytree.tree_map(lambda leaf: _wide(leaf) if isinstance(leaf, torch.Tensor) else leaf, value)


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().clone().to(WIDE.get(tensor.dtype, tensor.dtype))


def widened_module(instance: Any) -> Any:
    if not isinstance(instance, torch.nn.Module):
        return instance
    wide = copy.deepcopy(instance)
    for module in wide.modules():
        for store in (module._parameters, module._buffers):
            for name, tensor in store.items():
                if tensor is not None:
                    store[name] = (
                        torch.nn.Parameter(_wide(tensor), False) if store is module._parameters else _wide(tensor)
                    )
        for name, value in list(vars(module).items()):
            if isinstance(value, torch.Tensor):
                setattr(module, name, _wide(value))
            elif isinstance(value, torch.dtype):
                setattr(module, name, WIDE.get(value, value))
    return wide
