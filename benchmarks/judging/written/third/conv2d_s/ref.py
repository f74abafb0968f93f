import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, cin, cout, kernel=3, stride=2, padding=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride=stride, padding=padding)

    def forward(self, x):
        return torch.relu(self.conv(x))


def get_inputs():
    return [torch.randn(2, 5, 14, 14)]


def get_init_inputs():
    return [5, 8, 3, 2, 1]
