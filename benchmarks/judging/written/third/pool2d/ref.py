import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, size=3, stride=2, padding=1, ceil_mode=False):
        super().__init__()
        self.pool = nn.AvgPool2d(size, stride, padding, ceil_mode=ceil_mode, count_include_pad=False)

    def forward(self, x):
        return self.pool(x) - self.pool(x * x)


def get_inputs():
    return [torch.randn(2, 6, 13, 17)]


def get_init_inputs():
    return [3, 2, 1, False]
