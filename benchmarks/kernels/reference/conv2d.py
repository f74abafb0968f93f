"""Two-dimensional convolution with stride and padding, without bias."""
# also: BATCH, INNER, OUTER, SIZE = 1, 3, 17, 6
# also: BATCH, INNER, OUTER, SIZE = 2, 5, 3, 11

import torch
from torch import nn

BATCH, INNER, OUTER, SIZE = 2, 4, 6, 9


class Model(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.conv = nn.Conv2d(inner, outer, kernel_size=3, stride=2, padding=1, bias=False)

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(BATCH, INNER, SIZE, SIZE)]


def get_init_inputs():
    return [INNER, OUTER]
