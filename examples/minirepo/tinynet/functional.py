"""Stateless pieces: activations by name, rotary positions, head splitting."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from .config import ROTARY_BASE


def squared_relu(x: torch.Tensor) -> torch.Tensor:
    return F.relu(x).square()


ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "gelu": F.gelu,
    "silu": F.silu,
    "squared_relu": squared_relu,
}


def round_up(value: float, multiple: int = 8) -> int:
    """Hidden sizes that are multiples of eight keep tensor cores busy."""
    return -(-int(value) // multiple) * multiple


def rotary_angles(length: int, head_dim: int, device: torch.device) -> torch.Tensor:
    exponent = torch.arange(0, head_dim, 2, device=device).float() / head_dim
    positions = torch.arange(length, device=device).float()
    return torch.outer(positions, ROTARY_BASE**-exponent)


def rotate(x: torch.Tensor, angles: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding on the last axis, halves layout."""
    cos, sin = angles.cos(), angles.sin()
    low, high = x.chunk(2, dim=-1)
    return torch.cat((low * cos - high * sin, high * cos + low * sin), dim=-1)


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    batch, length, dim = x.shape
    return x.view(batch, length, heads, dim // heads).transpose(1, 2)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    batch, heads, length, head_dim = x.shape
    return x.transpose(1, 2).reshape(batch, length, heads * head_dim)
