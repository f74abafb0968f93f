"""Zero where the input is negative."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x):
        return torch.where(x > 0, x, 0)


def get_inputs():
    return [torch.randn(20, 30)]


def get_init_inputs():
    return []
