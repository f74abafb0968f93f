"""Normalisation and feed-forward blocks."""

import torch
from torch import nn

from .config import EPSILON
from .functional import ACTIVATIONS, round_up


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = EPSILON):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # The mean is taken in float32: a half-precision square overflows early.
        scale = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self.eps)
        return (x.float() * scale).to(x.dtype) * self.weight


class FeedForward(nn.Module):
    def __init__(self, dim: int, expansion: float = 4.0, activation: str = "gelu", dropout: float = 0.0):
        super().__init__()
        hidden = round_up(dim * expansion)
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)
        self.dropout = nn.Dropout(dropout)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(self.dropout(self.activation(self.up(x))))


class GatedUnit(nn.Module):
    """SwiGLU: the gate and the value come from one matrix product."""

    def __init__(self, dim: int, hidden: int | None = None):
        super().__init__()
        hidden = hidden or round_up(dim * 8 / 3)
        self.gate_and_value = nn.Linear(dim, 2 * hidden, bias=False)
        self.out = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate, value = self.gate_and_value(x).chunk(2, dim=-1)
        return self.out(nn.functional.silu(gate) * value)
