import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, dim, max_len=64, base=10000.0):
        super().__init__()
        inv = base ** (-torch.arange(0, dim, 2).float() / dim)
        angle = torch.outer(torch.arange(max_len).float(), inv)
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())

    def forward(self, x, offset: int = 0):
        t = x.shape[-2]
        cos, sin = self.cos[offset : offset + t], self.sin[offset : offset + t]
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def get_inputs():
    return [torch.randn(2, 3, 20, 32)]


def get_init_inputs():
    return [32, 64, 10000.0]
