"""To the nearest quarter, halves to even."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x):
        return torch.round(x * 4) / 4


def get_inputs():
    return [torch.randn(9, 50)]


def get_init_inputs():
    return []
