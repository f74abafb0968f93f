"""Lets torchvision be imported where its compiled half cannot be loaded.

The package index has torchvision for CUDA builds of torch only. Beside a CPU build its library does not load, and then
its `import` fails too, for two operators that it looks up without asking whether they are there; timm and
transformers fail with it. Importing this module declares them. Not covered: calling them: they have no kernel.
"""

from __future__ import annotations

import ctypes
import importlib.util
from pathlib import Path

import torch

LOOKED_UP = ("nms", "qnms")


def declare() -> torch.library.Library | None:
    if torch.version.cuda or torch.version.hip:
        return None  # its own build is beside it; and looking would start the driver's thread
    spec = importlib.util.find_spec("torchvision")
    folders = spec.submodule_search_locations if spec else None
    if not folders or all(_loads(path) for path in Path(folders[0]).glob("_C*.so")):
        return None
    library = torch.library.Library("torchvision", "DEF")
    for name in LOOKED_UP:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def _loads(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path))
    except OSError:
        return False
    return True


LIBRARY = declare()  # its declarations go when it goes
