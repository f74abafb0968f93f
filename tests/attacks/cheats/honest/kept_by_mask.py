"""Reads the mask."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, kept_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    kept = tl.load(kept_ptr + offsets, mask=mask, other=0)
    tl.store(out_ptr + offsets, tl.where(kept != 0, x * 2, 0.0), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x, kept):
        out = torch.empty_like(x)
        grid = (triton.cdiv(x.numel(), 128),)
        kernel[grid](x, kept, out, x.numel(), BLOCK=128)
        return out
