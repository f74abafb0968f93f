"""Product of a matrix and a vector."""
# also: M, K = 1, 500
# also: M, K = 64, 31; DTYPE = torch.float16

import torch
from torch import nn

M, K = 37, 90
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, a, x):
        return a @ x


def get_inputs():
    return [torch.randn(M, K, dtype=DTYPE), torch.randn(K, dtype=DTYPE)]


def get_init_inputs():
    return []
