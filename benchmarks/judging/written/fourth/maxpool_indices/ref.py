import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    def __init__(self, kernel, stride, padding):
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x):
        return F.max_pool2d(x, self.kernel, self.stride, self.padding, return_indices=True)


def get_inputs():
    return [torch.randn(2, 3, 11, 11)]


def get_init_inputs():
    return [3, 2, 1]
