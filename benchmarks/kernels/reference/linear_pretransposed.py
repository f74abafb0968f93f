"""A linear layer over any leading axes."""
# also: LEADING, INNER, OUTER = (1,), 16, 16
# also: LEADING, INNER, OUTER = (2, 3, 5), 33, 20; DTYPE = torch.bfloat16

import torch
from torch import nn

LEADING, INNER, OUTER = (3, 7), 40, 28
DTYPE = torch.float32


class Model(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outer, inner, dtype=DTYPE))
        self.bias = nn.Parameter(torch.randn(outer, dtype=DTYPE))

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)


def get_inputs():
    return [torch.randn(*LEADING, INNER, dtype=DTYPE)]


def get_init_inputs():
    return [INNER, OUTER]
