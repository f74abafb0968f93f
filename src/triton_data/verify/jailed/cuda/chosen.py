"""In a task of the jail: the GPU that it was given is the only one that it sees. Which are there, and does one answer?

In: a payload with a number under `gpu`. `take` must come before the device is opened. Not covered: choosing one
(bench/devices.py).
"""

from __future__ import annotations

import os
from typing import Any

VISIBLE = "CUDA_VISIBLE_DEVICES"


def take(payload: dict[str, Any]) -> None:
    if "gpu" not in payload:
        return
    theirs = [name for name in os.environ.get(VISIBLE, "").split(",") if name]  # what the user left us
    number = int(payload["gpu"])
    os.environ[VISIBLE] = theirs[number] if number < len(theirs) else str(number)


def names(payload: dict[str, Any]) -> list[str]:
    take(payload)
    import torch

    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]


def answers(payload: dict[str, Any]) -> bool:
    """A little work that goes through memory, a kernel and back."""
    take(payload)
    import torch

    return float(torch.arange(1024, device="cuda", dtype=torch.float32).sum().item()) == 523776.0
