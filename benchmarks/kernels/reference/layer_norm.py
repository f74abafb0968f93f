"""Layer normalisation with weight and bias that are not ones and zeros."""
# also: ROWS, COLS = 2, 257
# also: ROWS, COLS = 18, 48; DTYPE = torch.float16

import torch
from torch import nn

ROWS, COLS = 10, 72
DTYPE = torch.float32


class Model(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, dtype=DTYPE))
        self.bias = nn.Parameter(torch.randn(features, dtype=DTYPE))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:], self.weight, self.bias, eps=1e-5)


def get_inputs():
    return [torch.randn(ROWS, COLS, dtype=DTYPE)]


def get_init_inputs():
    return [COLS]
