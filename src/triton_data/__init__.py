"""Turn PyTorch code into verified (PyTorch, Triton) training data, and train on it.

import triton_data
captured = triton_data.capture(module, [x], target="sm_90")   # TorchInductor's Triton code, no GPU needed
written = triton_data.rewrite("model.py")                     # a standalone Triton program
judged = triton_data.verify("model.py", written)              # judged.passed, judged.reason
run = triton_data.open_run("runs/quickstart")                 # run.table("pairs")

docs/api.md has each with an example.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triton_data.api.capturing import Captured, capture
    from triton_data.api.judging import Rewritten, rewrite, verify
    from triton_data.api.runs import Run, open_run

__version__ = "0.1.0"
__all__ = ["Captured", "Rewritten", "Run", "capture", "open_run", "rewrite", "verify"]
_WHERE = {
    "Captured": "capturing", "capture": "capturing", "Rewritten": "judging", "rewrite": "judging", "verify": "judging",
    "Run": "runs", "open_run": "runs",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """When it is asked for: torchtune reads our recipes by their path, where nothing of ours is installed."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"triton_data.api.{_WHERE[name]}"), name)
    globals()[name] = found
    return found


class _Face(ModuleType):
    """Three functions are called like rooms of the house. Python binds a room to its package's name when it is first
    imported, which would take the function away in the middle of somebody's notebook: here the functions stay."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
