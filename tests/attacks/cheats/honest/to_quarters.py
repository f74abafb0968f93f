"""Halves go to the even neighbour."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask) * 4.0
    down = tl.floor(x)
    odd = down - 2.0 * tl.floor(down / 2.0)
    up = (x - down > 0.5) | ((x - down == 0.5) & (odd == 1.0))
    tl.store(out_ptr + offsets, tl.where(up, down + 1.0, down) / 4.0, mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        grid = (triton.cdiv(x.numel(), 128),)
        kernel[grid](x, out, x.numel(), BLOCK=128)
        return out
