"""Leaky ReLU with a slope from the constructor."""
# also: SHAPE = (1, 3, 5); SLOPE = 0.3
# also: SHAPE = (2, 600); DTYPE = torch.float16

import torch
from torch import nn

SHAPE = (7, 130)
DTYPE = torch.float32
SLOPE = 0.1


class Model(nn.Module):
    def __init__(self, slope):
        super().__init__()
        self.slope = slope

    def forward(self, x):
        return nn.functional.leaky_relu(x, self.slope)


def get_inputs():
    return [torch.randn(SHAPE, dtype=DTYPE)]


def get_init_inputs():
    return [SLOPE]
