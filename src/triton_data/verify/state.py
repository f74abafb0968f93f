"""The weights of a module: read, put back, and made telling.

In: an instance. Not covered: state outside `state_dict()`, which both sides make from the same seed.
"""

from __future__ import annotations

from typing import Any

import torch

_RUNNING = ("running_mean", "running_var")


def of(instance: Any) -> dict[str, torch.Tensor]:
    return dict(instance.state_dict()) if isinstance(instance, torch.nn.Module) else {}


def put(instance: Any, state: dict[str, torch.Tensor]) -> None:
    """In place: whoever holds a weight sees it."""
    for name, tensor in of(instance).items():
        tensor.copy_(state[name])


def make_telling(instance: Any, seed: int) -> bool:
    """Give every constant weight, and the statistics of a norm, numbers of their own around what they were."""
    if not isinstance(instance, torch.nn.Module):
        return False
    generator = torch.Generator().manual_seed(seed)
    parameters = {name for name, _ in instance.named_parameters()}
    done = False
    with torch.no_grad():
        for name, tensor in of(instance).items():
            if name not in parameters and not name.endswith(_RUNNING):
                continue
            if tensor.is_floating_point() and tensor.numel() and bool((tensor == tensor.reshape(-1)[0]).all()):
                noise = torch.rand(tensor.shape, generator=generator) - 0.5
                tensor.copy_((tensor.cpu().double() + noise).to(tensor.dtype))
                done = True
    return done
