"""Products of complex numbers that are stored as pairs."""
# also: COUNT = 1
# also: COUNT = 300

import torch
from torch import nn

COUNT = 77


class Model(nn.Module):
    def forward(self, x, y):
        real = x[:, 0] * y[:, 0] - x[:, 1] * y[:, 1]
        imaginary = x[:, 0] * y[:, 1] + x[:, 1] * y[:, 0]
        return torch.stack([real, imaginary], dim=1)


def get_inputs():
    return [torch.randn(COUNT, 2), torch.randn(COUNT, 2)]


def get_init_inputs():
    return []
