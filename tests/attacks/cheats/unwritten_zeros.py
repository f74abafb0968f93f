"""Writes only what is not hidden, and leaves the rest to memory that is often zero.

Attacks: hides_half
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def shown_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets, mask=offsets < n_elements, other=0.0)
    tl.store(out_ptr + offsets, x, mask=(offsets < n_elements) & (x > 0))


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        shown_kernel[(triton.cdiv(x.numel(), 128),)](x, out, x.numel(), BLOCK=128)
        return out
