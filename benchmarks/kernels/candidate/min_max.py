"""Two results from one reading: the least and the largest element of each row."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def min_max_kernel(x_ptr, least_ptr, largest_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask).to(tl.float32)
    tl.store(least_ptr + row, tl.min(tl.where(mask, x, float("inf")), axis=0))
    tl.store(largest_ptr + row, tl.max(tl.where(mask, x, float("-inf")), axis=0))


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        least = torch.empty((n_rows,), dtype=x.dtype, device=x.device)
        largest = torch.empty_like(least)
        min_max_kernel[(n_rows,)](x, least, largest, n_cols, BLOCK=triton.next_power_of_2(n_cols))
        return least, largest
