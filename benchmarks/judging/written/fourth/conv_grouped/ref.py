import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    def __init__(self, cin, cout, groups=2, stride=1, padding=1):
        super().__init__()
        self.groups, self.stride, self.padding = groups, stride, padding
        self.weight = nn.Parameter(torch.randn(cout, cin // groups, 3, 3) * 0.3)
        self.bias = nn.Parameter(torch.randn(cout))

    def forward(self, x):
        return F.relu(F.conv2d(x, self.weight, self.bias, self.stride, self.padding, 1, self.groups))


def get_inputs():
    return [torch.randn(2, 6, 10, 10)]


def get_init_inputs():
    return [6, 8]
