"""One-dimensional convolution with bias."""
# also: BATCH, INNER, OUTER, STEPS = 1, 1, 5, 12
# also: BATCH, INNER, OUTER, STEPS = 3, 4, 2, 66

import torch
from torch import nn

BATCH, INNER, OUTER, STEPS = 2, 3, 4, 25


class Model(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.conv = nn.Conv1d(inner, outer, kernel_size=3, padding=1)

    def forward(self, x):
        return self.conv(x)


def get_inputs():
    return [torch.randn(BATCH, INNER, STEPS)]


def get_init_inputs():
    return [INNER, OUTER]
