"""Group normalisation of images."""
# also: BATCH, CHANNELS, SIZE = 1, 4, 9
# also: BATCH, CHANNELS, SIZE = 2, 12, 3

import torch
from torch import nn

BATCH, CHANNELS, SIZE = 3, 8, 5
GROUPS = 4


class Model(nn.Module):
    def __init__(self, groups, channels):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.randn(channels))
        self.bias = nn.Parameter(torch.randn(channels))

    def forward(self, x):
        return nn.functional.group_norm(x, self.groups, self.weight, self.bias, eps=1e-5)


def get_inputs():
    return [torch.randn(BATCH, CHANNELS, SIZE, SIZE)]


def get_init_inputs():
    return [GROUPS, CHANNELS]
