"""Variance in two passes."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def variance_kernel(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask, other=0.0)
    centred = tl.where(mask, x - tl.sum(x, axis=0) / n_cols, 0.0)
    tl.store(out_ptr + row, tl.sum(centred * centred, axis=0) / (n_cols - 1))


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        variance_kernel[(x.shape[0],)](x, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
