"""Product with a matrix of four-bit numbers, two in a byte, with a scale for each column."""
# also: M, N, K = 17, 16, 64
# also: M, N, K = 3, 33, 30

import torch
from torch import nn

M, N, K = 20, 24, 40


class Model(nn.Module):
    def forward(self, x, packed, scale):
        low, high = packed & 0xF, packed >> 4
        weight = torch.stack([low, high], dim=1).reshape(-1, packed.shape[1]).to(x.dtype) - 8
        return x @ (weight * scale)


def get_inputs():
    packed = torch.randint(0, 256, (K // 2, N), dtype=torch.uint8)
    return [torch.randn(M, K), packed, torch.rand(N) + 0.1]


def get_init_inputs():
    return []
