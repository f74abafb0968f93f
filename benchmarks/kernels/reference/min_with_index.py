"""The least element of each row and its index."""
# also: ROWS, COLS = 1, 1
# also: ROWS, COLS = 4, 200

import torch
from torch import nn

ROWS, COLS = 9, 31


class Model(nn.Module):
    def forward(self, x):
        return tuple(torch.min(x, dim=1))


def get_inputs():
    return [torch.randn(ROWS, COLS)]


def get_init_inputs():
    return []
