"""Doubles a matrix, by its strides."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def double_kernel(x_ptr, out_ptr, n_elements, n_cols, stride_row, stride_col, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    at = offsets // n_cols * stride_row + offsets % n_cols * stride_col
    tl.store(out_ptr + offsets, 2.0 * tl.load(x_ptr + at, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty(x.shape, dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(x.numel(), 128),)
        double_kernel[grid](x, out, x.numel(), x.shape[1], x.stride(0), x.stride(1), BLOCK=128)
        return out
