"""Batch normalisation in evaluation: running statistics, weight and bias."""
# also: BATCH, CHANNELS, SIZE = 1, 3, 11
# also: BATCH, CHANNELS, SIZE = 5, 7, 2

import torch
from torch import nn

BATCH, CHANNELS, SIZE = 2, 6, 7


class Model(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels))
        self.bias = nn.Parameter(torch.randn(channels))
        self.register_buffer("mean", torch.randn(channels))
        self.register_buffer("variance", torch.rand(channels) + 0.5)

    def forward(self, x):
        return nn.functional.batch_norm(x, self.mean, self.variance, self.weight, self.bias, eps=1e-5)


def get_inputs():
    return [torch.randn(BATCH, CHANNELS, SIZE, SIZE)]


def get_init_inputs():
    return [CHANNELS]
