"""The weights of a module: read, put back, and varied so that each of them matters.

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


def vary(instance: Any, seed: int) -> bool:
    """Give every weight, and the statistics of a norm, numbers that no seed leads to: constant ones are spread around
    what they were, others change by up to a fifth."""
    if not isinstance(instance, torch.nn.Module):
        return False
    generator = torch.Generator().manual_seed(seed)
    parameters = {name for name, _ in instance.named_parameters()}
    varied = False
    with torch.no_grad():
        for name, tensor in of(instance).items():
            if name not in parameters and not name.endswith(_RUNNING):
                continue
            if not tensor.is_floating_point() or not tensor.numel():
                continue
            old, noise = tensor.cpu().double(), torch.rand(tensor.shape, generator=generator) - 0.5
            constant = bool((old == old.reshape(-1)[0]).all())
            tensor.copy_((old + noise if constant else old * (1 + 0.4 * noise)).to(tensor.dtype))
            varied = True
    return varied


def vary_with_signs(instance: Any, seed: int) -> bool:
    """And both signs, for weights that have one; other statistics, not near what they were; and every table of numbers
    that travels with the weights, but masks."""
    if not isinstance(instance, torch.nn.Module):
        return False
    generator = torch.Generator().manual_seed(seed + 31)
    parameters = {name for name, _ in instance.named_parameters()}
    varied = False
    with torch.no_grad():
        for name, tensor in of(instance).items():
            fixed = name not in parameters and not name.endswith(_RUNNING) and _is_mask(tensor)
            if fixed or not tensor.is_floating_point() or not tensor.numel():
                continue
            old = tensor.cpu().double()
            tensor.copy_(_varied(name, old, name in parameters, generator).to(tensor.dtype))
            varied = True
    return varied


def _varied(name: str, old: torch.Tensor, parameter: bool, generator: torch.Generator) -> torch.Tensor:
    noise = torch.rand(old.shape, generator=generator, dtype=torch.float64) - 0.5
    if name.endswith("running_var"):
        return old * torch.exp(3.0 * noise)
    if name.endswith("running_mean"):
        return old + 3.0 * noise
    new = old + noise if bool((old == old.reshape(-1)[0]).all()) else old * (1 + 0.4 * noise)
    if parameter and (old != 0).any():  # a row of zeros, as padding has it, is only where training begins
        new = torch.where(old == 0, noise * old.abs().mean(), new)
    one_sign = bool((old >= 0).all()) and bool((old != 0).any())
    if not parameter or not one_sign or "var" in name:
        return new
    signs = 1.0 - 2.0 * (torch.rand(old.shape, generator=generator) < 0.4)
    return new * signs


def _is_mask(tensor: torch.Tensor) -> bool:
    low, high = tensor.min(), tensor.max()
    return bool(((tensor == low) | (tensor == high)).all())
