"""Product of two matrices and a leaky ReLU."""
# also: M, N, K = 64, 16, 64
# also: M, N, K = 33, 40, 50; DTYPE = torch.float16

import torch
from torch import nn

M, N, K = 48, 33, 50
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, a, b):
        return nn.functional.leaky_relu(a @ b, 0.01)


def get_inputs():
    return [torch.randn(M, K, dtype=DTYPE), torch.randn(K, N, dtype=DTYPE)]


def get_init_inputs():
    return []
