"""Variance as the mean of squares less the square of the mean: nothing is left of it where the mean is large.

Attacks: variance_of_large
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def variance_kernel(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * n_cols + cols, mask=cols < n_cols, other=0.0)
    total, squares = tl.sum(x, axis=0), tl.sum(x * x, axis=0)
    tl.store(out_ptr + row, (squares - total * total / n_cols) / (n_cols - 1))


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        variance_kernel[(x.shape[0],)](x, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
