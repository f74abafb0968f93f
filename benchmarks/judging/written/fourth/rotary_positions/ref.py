import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Rotary embedding of queries and of fewer keys, at positions that are given."""

    def __init__(self, dim, longest, base=10000.0):
        super().__init__()
        f = base ** (-torch.arange(0, dim, 2).float() / dim)
        a = torch.arange(longest).float()[:, None] * f[None, :]
        self.register_buffer("cos", a.cos())
        self.register_buffer("sin", a.sin())

    def turn(self, x, c, s):
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * c - b * s, b * c + a * s], dim=-1)

    def forward(self, q, k, positions):
        c = self.cos[positions][:, :, None, :]
        s = self.sin[positions][:, :, None, :]
        return self.turn(q, c, s), self.turn(k, c, s)


def get_inputs():
    positions = torch.arange(7)[None].repeat(2, 1)
    return [torch.randn(2, 7, 4, 16), torch.randn(2, 7, 2, 16), positions]


def get_init_inputs():
    return [16, 40]
