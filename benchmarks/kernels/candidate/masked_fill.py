"""Where the mask is set, a constant."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def masked_fill_kernel(x_ptr, mask_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=inside)
    hidden = tl.load(mask_ptr + offsets, mask=inside, other=0) != 0
    tl.store(out_ptr + offsets, tl.where(hidden, -7.5, x), mask=inside)


class ModelNew(nn.Module):
    def forward(self, x, mask):
        x, mask = x.contiguous(), mask.contiguous()
        out = torch.empty_like(x)
        masked_fill_kernel[(triton.cdiv(x.numel(), 256),)](x, mask, out, x.numel(), BLOCK=256)
        return out
