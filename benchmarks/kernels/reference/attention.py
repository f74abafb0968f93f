"""Attention of queries to keys of another length."""
# also: HEADS, QUERIES, KEYS, WIDTH = 1, 33, 16, 32
# also: HEADS, QUERIES, KEYS, WIDTH = 3, 16, 70, 16; DTYPE = torch.float16

import torch
from torch import nn

HEADS, QUERIES, KEYS, WIDTH = 2, 20, 45, 16
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, q, k, v):
        return nn.functional.scaled_dot_product_attention(q, k, v)


def get_inputs():
    return [
        torch.randn(1, HEADS, QUERIES, WIDTH, dtype=DTYPE),
        torch.randn(1, HEADS, KEYS, WIDTH, dtype=DTYPE),
        torch.randn(1, HEADS, KEYS, WIDTH, dtype=DTYPE),
    ]


def get_init_inputs():
    return []
