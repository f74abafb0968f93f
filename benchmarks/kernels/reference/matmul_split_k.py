"""Product of two small matrices over a long inner axis."""
# also: M, N, K = 16, 16, 257
# also: M, N, K = 33, 5, 64

import torch
from torch import nn

M, N, K = 20, 24, 200


class Model(nn.Module):
    def forward(self, a, b):
        return a @ b


def get_inputs():
    return [torch.randn(M, K), torch.randn(K, N)]


def get_init_inputs():
    return []
