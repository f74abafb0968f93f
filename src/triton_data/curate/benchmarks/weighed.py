"""How much a program would compute, as far as its operators tell: whether it is quickly run on numbers.

In: calls of ATen, as they are dispatched. Out: elements of all results, products in matrices and convolutions.
Not covered: memory, and what one operator does inside.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

ELEMENTS = 4_000_000
WORK = 300_000_000
_PRODUCTS = {"mm": 1, "bmm": 1, "addmm": 2, "baddbmm": 2}  # and the operand whose rows are as long as a product
_VIEWS = {
    "view",
    "_unsafe_view",
    "expand",
    "t",
    "transpose",
    "permute",
    "unsqueeze",
    "squeeze",
    "slice",
    "select",
    "detach",
    "alias",
    "as_strided",
}


class Weigher(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self.work = 0

    @property
    def quick(self) -> bool:
        return self.elements <= ELEMENTS and self.work <= WORK

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.weigh(func, args, result)
        return result

    def weigh(self, func: Any, args: Any, result: Any) -> None:
        made = result[0] if isinstance(result, tuple) and result else result
        name = func.overloadpacket.__name__.rstrip("_")
        if not isinstance(made, torch.Tensor) or name in _VIEWS:
            return
        self.elements += made.numel()
        if name in _PRODUCTS:
            self.work += made.numel() * args[_PRODUCTS[name] - 1].shape[-1]
        elif name == "convolution":
            self.work += made.numel() * args[1].numel() // max(1, args[1].shape[0])
