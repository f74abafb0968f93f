"""Products of matrices, batch by batch."""
# also: BATCH, M, N, K = 1, 33, 17, 50
# also: BATCH, M, N, K = 4, 8, 40, 16; DTYPE = torch.bfloat16

import torch
from torch import nn

BATCH, M, N, K = 3, 20, 30, 25
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, a, b):
        return torch.bmm(a, b)


def get_inputs():
    return [torch.randn(BATCH, M, K, dtype=DTYPE), torch.randn(BATCH, K, N, dtype=DTYPE)]


def get_init_inputs():
    return []
