"""Examples say `.cuda()`; while one is observed, every device is the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class _Cpu(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if _elsewhere(kwargs.get("device")):
            kwargs["device"] = "cpu"
        if getattr(func, "__name__", "") == "cuda":
            return args[0]
        return func(*("cpu" if _elsewhere(arg) else arg for arg in args), **kwargs)


def _elsewhere(value: Any) -> bool:
    if isinstance(value, torch.device):
        return value.type not in ("cpu", "meta")
    return isinstance(value, str) and value.split(":")[0] in ("cuda", "mps", "xpu", "hip")


@contextmanager
def on_cpu() -> Iterator[None]:
    module = torch.nn.Module
    cuda, to = module.cuda, module.to

    def stay(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self

    def moved(self: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs = {k: v for k, v in kwargs.items() if not (k == "device" and _elsewhere(v))}
        args = tuple(arg for arg in args if not _elsewhere(arg))
        return to(self, *args, **kwargs) if args or kwargs else self

    module.cuda, module.to = stay, moved
    try:
        with _Cpu():
            yield
    finally:
        module.cuda, module.to = cuda, to
