"""The least element of each row and its index, from one reduction."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def min_with_index_kernel(x_ptr, least_ptr, index_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * n_cols + cols, mask=cols < n_cols, other=float("inf"))
    least, index = tl.min(x, axis=0, return_indices=True)
    tl.store(least_ptr + row, least)
    tl.store(index_ptr + row, index)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        least = torch.empty((n_rows,), dtype=x.dtype, device=x.device)
        index = torch.empty((n_rows,), dtype=torch.int64, device=x.device)
        min_with_index_kernel[(n_rows,)](x, least, index, n_cols, BLOCK=triton.next_power_of_2(n_cols))
        return least, index
