"""A polynomial by its coefficients, clamped."""
# also: SHAPE = (1, 1)
# also: SHAPE = (257,); DTYPE = torch.float64

import torch
from torch import nn

SHAPE = (13, 29)
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x):
        return (((0.5 * x - 1.25) * x + 0.75) * x + 2.0).clamp(-3.0, 4.0)


def get_inputs():
    return [torch.randn(SHAPE, dtype=DTYPE)]


def get_init_inputs():
    return []
