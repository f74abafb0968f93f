import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.proj = nn.Linear(fan_in, fan_out)

    def forward(self, x, skip):
        return torch.relu(self.proj(x)).square() + skip


def get_inputs():
    return [torch.randn(40, 64), torch.randn(40, 48)]


def get_init_inputs():
    return [64, 48]
