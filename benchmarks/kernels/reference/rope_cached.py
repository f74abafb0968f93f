"""Rotary position embedding with angles from a table that the module made."""
# also: STEPS, WIDTH = 2, 4
# also: STEPS, WIDTH = 30, 64

import torch
from torch import nn

STEPS, WIDTH = 11, 24


class Model(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        rate = 10000.0 ** (-torch.arange(0, width, 2).float() / width)
        angle = torch.outer(torch.arange(steps).float(), rate)
        self.register_buffer("cosine", angle.cos(), persistent=False)
        self.register_buffer("sine", angle.sin(), persistent=False)

    def forward(self, x):
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = [even * self.cosine - odd * self.sine, even * self.sine + odd * self.cosine]
        return torch.stack(turned, dim=-1).flatten(-2)


def get_inputs():
    return [torch.randn(2, STEPS, WIDTH)]


def get_init_inputs():
    return [STEPS, WIDTH]
