"""A call of torch that asks for another device, made on the CPU.

In: a call as torch's modes see it. Out: what it gives on the CPU, or on the meta device where nothing is to be
made. Not covered: what a tensor says of its device, which is for those to patch who run foreign code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from triton_data.formats.dispatch_mode import DispatchMode

CPU = torch.device("cpu")
PLACES = ("cuda", "mps", "xpu", "hip")
_MOVING = ("to", "type", "new_empty", "new_zeros", "new_ones", "new_full", "new_tensor", "tensor", "_to", "__get__")


def elsewhere(value: Any) -> bool:
    if isinstance(value, torch.device):
        return str(value.type) in PLACES
    return isinstance(value, str) and value.partition(":")[0] in PLACES


def called(func: Callable[..., Any], args: Any, kwargs: Any, device: torch.device = CPU) -> Any:
    """For a TorchFunctionMode: `device="cuda"` in any torch call means the CPU, or the device that is given."""
    kwargs = dict(kwargs or {})
    name = getattr(func, "__name__", "")
    if name in ("cuda", "pin_memory"):
        return args[0]
    if elsewhere(kwargs.get("device")):
        kwargs["device"] = device
    kwargs.pop("pin_memory", None)
    if name in _MOVING:
        args = tuple(device if elsewhere(arg) else arg for arg in args)
    return func(*args, **kwargs)


class Mapped(DispatchMode):
    """What torch's own functions ask for below such a mode, such as `torch.arange(…, device=x.device)`."""

    def __init__(self, device: torch.device = CPU) -> None:
        super().__init__()
        self.to = device

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if elsewhere(kwargs.get("device")):
            kwargs["device"] = self.to
        return func(*args, **kwargs)
