"""Maximum over windows, with padding."""
# also: BATCH, CHANNELS, HEIGHT, WIDTH = 1, 1, 5, 20
# also: BATCH, CHANNELS, HEIGHT, WIDTH = 2, 2, 8, 8

import torch
from torch import nn

BATCH, CHANNELS, HEIGHT, WIDTH = 2, 3, 11, 9


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.max_pool2d(x, kernel_size=3, stride=2, padding=1)


def get_inputs():
    return [torch.randn(BATCH, CHANNELS, HEIGHT, WIDTH) - 1]


def get_init_inputs():
    return []
