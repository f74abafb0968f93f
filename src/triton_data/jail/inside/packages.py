"""The packages of one task: a folder that comes last on the path, so that nothing in it takes the place of a module of
Python's, ours, or the zygote's. Not covered: making the folder (environments/), and who may read it (files.py).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any


def enter(folder: str) -> None:
    """In the child, once it is confined: what is looked at here is foreign already."""
    sys.path.append(folder)
    if os.path.isdir(f"{folder}/torchvision"):  # noqa: PTH112  a Path takes twice the time in a fresh fork
        module: Any = importlib.import_module("triton_data.jail.vision_operators")
        module.LIBRARY = module.LIBRARY or module.declare()
