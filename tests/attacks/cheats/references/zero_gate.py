"""A residual branch behind a gate that is zero until it has been trained."""

import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.gate = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        return x + self.gate * torch.tanh(x)


def get_inputs():
    return [torch.randn(12, 33)]


def get_init_inputs():
    return [33]
