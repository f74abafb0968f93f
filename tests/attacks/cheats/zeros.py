"""Writes zeros, which an absolute tolerance lets pass where probabilities are small.

Attacks: softmax_looped (ROWS, COLS = 1, 2049)
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def zero_kernel(out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, tl.zeros((BLOCK,), dtype=tl.float32), mask=offsets < n_elements)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        zero_kernel[(triton.cdiv(x.numel(), 256),)](out, x.numel(), BLOCK=256)
        return out
