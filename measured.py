import torch
from torch import nn


def round_up(value: float, multiple: int = 8) -> int:
    """Hidden sizes that are multiples of eight keep tensor cores busy."""
    return -(-int(value) // multiple) * multiple


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


def get_inputs():
    return [torch.randn(2, 4099, 3)]


def get_init_inputs():
    return [[], {"dim": 3}]


def get_more_inputs():
    return [
        [torch.randn(3, 16, 64)],
        [torch.randn(3, 37, 64)],
    ]
