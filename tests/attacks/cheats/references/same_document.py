"""One where two documents are the same, by number."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x, one, other):
        return torch.where(one == other, x, -x)


def get_inputs():
    return [torch.randn(300), torch.randint(0, 9, (300,)), torch.randint(0, 9, (300,))]


def get_init_inputs():
    return []
