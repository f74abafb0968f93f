"""Each row over its root mean square, times a weight."""
# also: ROWS, COLS = 3, 130
# also: ROWS, COLS = 11, 30; DTYPE = torch.bfloat16

import torch
from torch import nn

ROWS, COLS = 13, 96
DTYPE = torch.float32


class Model(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(features) + 0.5)

    def forward(self, x):
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(dim=-1, keepdim=True) + 1e-6)
        return (wide * scale * self.weight).to(x.dtype)


def get_inputs():
    return [torch.randn(ROWS, COLS, dtype=DTYPE)]


def get_init_inputs():
    return [COLS]
