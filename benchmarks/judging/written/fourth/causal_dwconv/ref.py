import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Depthwise causal convolution over time, as state space models have it."""

    def __init__(self, channels, taps, dilation=1, bias=True):
        super().__init__()
        self.dilation = dilation
        self.weight = nn.Parameter(torch.randn(channels, 1, taps) * 0.5)
        self.bias = nn.Parameter(torch.randn(channels)) if bias else None

    def forward(self, x):
        left = (self.weight.shape[-1] - 1) * self.dilation
        return F.conv1d(F.pad(x, (left, 0)), self.weight, self.bias, groups=x.shape[1], dilation=self.dilation)


def get_inputs():
    return [torch.randn(2, 8, 45)]


def get_init_inputs():
    return [8, 4]
