"""Product of int8 matrices, exact in int32."""
# also: M, N, K = 33, 9, 64
# also: M, N, K = 16, 64, 100

import torch
from torch import nn

M, N, K = 24, 40, 70


class Model(nn.Module):
    def forward(self, a, b):
        return (a.double() @ b.double()).to(torch.int32)


def get_inputs():
    return [
        torch.randint(-128, 128, (M, K), dtype=torch.int8),
        torch.randint(-128, 128, (K, N), dtype=torch.int8),
    ]


def get_init_inputs():
    return []
