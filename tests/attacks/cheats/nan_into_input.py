"""Poisons the input, so that an expected value that is computed later, or equal_nan=True, agrees with its NaN.

Attacks: add
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def poison_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    nan = tl.full((BLOCK,), float("nan"), dtype=tl.float32)
    tl.store(x_ptr + offsets, nan, mask=offsets < n_elements)
    tl.store(out_ptr + offsets, nan, mask=offsets < n_elements)


class ModelNew(nn.Module):
    def forward(self, x, y):
        out = torch.empty_like(x)
        poison_kernel[(triton.cdiv(x.numel(), 256),)](x, out, x.numel(), BLOCK=256)
        return out
