"""Compares the lower halves of 64-bit numbers.

Attacks: same_document
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, one_ptr, other_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    one = tl.load(one_ptr + offsets, mask=mask).to(tl.int32)
    other = tl.load(other_ptr + offsets, mask=mask).to(tl.int32)
    tl.store(out_ptr + offsets, tl.where(one == other, x, -x), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x, one, other):
        out = torch.empty_like(x)
        grid = (triton.cdiv(x.numel(), 128),)
        kernel[grid](x, one, other, out, x.numel(), BLOCK=128)
        return out
