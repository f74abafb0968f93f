"""Calls a forbidden method through the operator module.

Attacks: softmax
"""

import math
import operator

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def copy_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask), mask=mask)


def copied(x):
    out = torch.empty_like(x)
    copy_kernel[(triton.cdiv(x.numel(), 256),)](x, out, x.numel(), BLOCK=256)
    return out


class ModelNew(nn.Module):
    def forward(self, x):
        rows = [[math.exp(n - max(row)) for n in row] for row in operator.methodcaller("tolist")(x)]
        return copied(torch.tensor([[n / sum(row) for n in row] for row in rows], dtype=x.dtype, device=x.device))
