"""Names that TorchInductor's output imports and that are not everywhere: private functions of a CUDA build of torch,
and helpers that later versions dropped.

`install()` once in a process, for the CPU; on a GPU only what is missing is added. In: nothing. Not covered: output
that brings its own heuristics decorators, which compile and time for themselves.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch

_HEURISTICS = "torch._inductor.runtime.triton_heuristics"


def install(on_cpu: bool) -> None:
    """Inductor itself is imported only where somebody asks for it: `grid` waits for that."""
    guards = torch._C._dynamo.guards
    if on_cpu:
        guards._empty_strided_cuda = _empty_strided
        torch._C._cuda_getCurrentRawStream = lambda device=0: 0
    if not any(isinstance(finder, _AddsGrid) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AddsGrid())
    if _HEURISTICS in sys.modules:
        _add_grid(sys.modules[_HEURISTICS])


def _empty_strided(size: Sequence[int], stride: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
    return torch.empty_strided(tuple(size), tuple(stride), dtype=dtype)


def grid(*sizes: int) -> Callable[[dict[str, int]], tuple[int, ...]]:
    """How many blocks each axis takes: `grid(xnumel, ynumel)` of torch 2.6 and earlier."""
    names = ("XBLOCK", "YBLOCK", "ZBLOCK")
    return lambda meta: tuple(-(-size // meta.get(name, 1)) for size, name in zip(sizes, names, strict=False))


def _add_grid(module: Any) -> None:
    if not hasattr(module, "grid"):
        module.grid = grid


class _AddsGrid:
    """Imports the module of heuristics as usual and adds what is gone from it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != _HEURISTICS:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is None or spec.loader is None:
            return spec
        plain = spec.loader.exec_module

        def execute(module: Any) -> None:
            plain(module)
            _add_grid(module)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
        return spec
