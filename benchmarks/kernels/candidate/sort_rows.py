"""Each row in ascending order, and where its elements were: an element's place is the number of those before it."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def sort_rows_kernel(x_ptr, ordered_ptr, index_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask, other=float("inf"))
    smaller = x[None, :] < x[:, None]
    equal_before = (x[None, :] == x[:, None]) & (cols[None, :] < cols[:, None])
    place = tl.sum((smaller | equal_before).to(tl.int32), axis=1)
    tl.store(ordered_ptr + row * n_cols + place, x, mask=mask)
    tl.store(index_ptr + row * n_cols + place, cols, mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        ordered = torch.empty_like(x)
        index = torch.empty((n_rows, n_cols), dtype=torch.int64, device=x.device)
        sort_rows_kernel[(n_rows,)](x, ordered, index, n_cols, BLOCK=triton.next_power_of_2(n_cols))
        return ordered, index
