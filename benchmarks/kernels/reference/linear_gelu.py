"""A linear layer and GELU."""
# also: ROWS, INNER, OUTER = 5, 64, 100
# also: ROWS, INNER, OUTER = 40, 20, 17

import torch
from torch import nn

ROWS, INNER, OUTER = 18, 50, 36


class Model(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.linear = nn.Linear(inner, outer)

    def forward(self, x):
        return nn.functional.gelu(self.linear(x), approximate="tanh")


def get_inputs():
    return [torch.randn(ROWS, INNER)]


def get_init_inputs():
    return [INNER, OUTER]
