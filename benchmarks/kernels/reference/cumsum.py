"""Running sums along the last axis."""
# also: ROWS, COLS = 1, 300
# also: ROWS, COLS = 10, 64

import torch
from torch import nn

ROWS, COLS = 6, 83


class Model(nn.Module):
    def forward(self, x):
        return x.cumsum(dim=-1)


def get_inputs():
    return [torch.randn(ROWS, COLS)]


def get_init_inputs():
    return []
