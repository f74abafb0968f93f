"""Whatever sign the scale has."""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


@triton.jit
def kernel(x_ptr, scale_ptr, n_cols, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    scale = tl.load(scale_ptr + offsets % n_cols, mask=mask)
    size = libdevice.tanh(tl.abs(x))
    tl.store(out_ptr + offsets, tl.where(x < 0, -size, size) * scale, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(features))

    def forward(self, x):
        x = x.contiguous()
        out = torch.empty_like(x)
        grid = (triton.cdiv(x.numel(), 128),)
        kernel[grid](x, self.scale, x.shape[1], out, x.numel(), BLOCK=128)
        return out
