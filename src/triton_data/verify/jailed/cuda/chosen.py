"""In a task of the jail: the GPU that it was given is the only one that it sees. Which are there, and does one answer?

In: the envelope of a task (wire/task.py). `take` must come before the device is opened. Not covered: choosing one
(bench/devices.py).
"""

from __future__ import annotations

import os

from triton_data.jail.policy import Json
from triton_data.verify.wire.task import gpu_in

VISIBLE = "CUDA_VISIBLE_DEVICES"


def take(payload: Json) -> None:
    number = gpu_in(payload)
    if number is None:
        return
    theirs = [name for name in os.environ.get(VISIBLE, "").split(",") if name]  # what the user left us
    os.environ[VISIBLE] = theirs[number] if number < len(theirs) else str(number)


def names(payload: Json) -> list[str]:
    take(payload)
    import torch

    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]


def answers(payload: Json) -> bool:
    """A little work that goes through memory, a kernel and back."""
    take(payload)
    import torch

    return float(torch.arange(1024, device="cuda", dtype=torch.float32).sum().item()) == 523776.0


def awaken(device: str, text: str) -> None:
    """What a device loads with its first call takes seconds, which are not the program's."""
    import torch

    torch.mm(*(torch.ones(16, 16, device=device) for _ in range(2))).sum().item()
    if "conv" in text.lower():
        torch.conv2d(*(torch.ones(1, 1, 4, 4, device=device) for _ in range(2))).sum().item()
