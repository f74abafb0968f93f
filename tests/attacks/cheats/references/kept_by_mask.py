"""Itself where the mask is set; as the program draws it, everywhere."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x, mask):
        return x.masked_fill(~mask, 0.0) * 2


def get_inputs():
    return [torch.randn(9, 50), torch.ones(9, 50, dtype=torch.bool)]


def get_init_inputs():
    return []
