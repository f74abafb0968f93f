"""Elements by index, which may count from the end."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x, index):
        return x[index] * 2


def get_inputs():
    return [torch.randn(40), torch.randint(0, 40, (70,))]


def get_init_inputs():
    return []
