"""Product of a matrix and a transposed one."""
# also: M, N, K = 17, 130, 16
# also: M, N, K = 96, 16, 33

import torch
from torch import nn

M, N, K = 70, 60, 40


class Model(nn.Module):
    def forward(self, a, b):
        return a @ b.T


def get_inputs():
    return [torch.randn(M, K), torch.randn(N, K)]


def get_init_inputs():
    return []
