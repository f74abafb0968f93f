"""The mean of each row, in every column."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x):
        return x.mean(dim=1, keepdim=True).expand(-1, x.shape[1]).contiguous()


def get_inputs():
    return [torch.randn(10, 30)]


def get_init_inputs():
    return []
