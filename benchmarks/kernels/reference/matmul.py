"""Product of two matrices."""
# also: M, N, K = 16, 48, 100
# also: M, N, K = 65, 20, 31; DTYPE = torch.float16

import torch
from torch import nn

M, N, K = 40, 50, 70
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, a, b):
        return a @ b


def get_inputs():
    return [torch.randn(M, K, dtype=DTYPE), torch.randn(K, N, dtype=DTYPE)]


def get_init_inputs():
    return []
