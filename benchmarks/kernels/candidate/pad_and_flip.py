"""A matrix with its rows reversed and a border of ones: for each element of the result, where it comes from."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def pad_and_flip_kernel(x_ptr, out_ptr, n_rows, n_cols, out_cols, n_elements, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    row, col = n_rows - 1 - (at // out_cols - 1), at % out_cols - 2
    inside = (row >= 0) & (row < n_rows) & (col >= 0) & (col < n_cols) & (at < n_elements)
    x = tl.load(x_ptr + row * n_cols + col, mask=inside, other=1)
    tl.store(out_ptr + at, x, mask=at < n_elements)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty((n_rows + 4, n_cols + 3), dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(out.numel(), 128),)
        pad_and_flip_kernel[grid](x, out, n_rows, n_cols, n_cols + 3, out.numel(), BLOCK=128)
        return out
