"""For each element the sum of those from it to the end of its row: a scan that runs backwards."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def added(a, b):
    return a + b


@triton.jit
def suffix_sum_kernel(x_ptr, out_ptr, n_rows, n_cols, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    mask = (rows < n_rows) & (cols < n_cols)
    x = tl.load(x_ptr + rows * n_cols + cols, mask=mask, other=0.0)
    tl.store(out_ptr + rows * n_cols + cols, tl.associative_scan(x, 1, added, reverse=True), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty_like(x)
        columns = triton.next_power_of_2(n_cols)
        suffix_sum_kernel[(triton.cdiv(n_rows, 2),)](x, out, n_rows, n_cols, BLOCK_ROWS=2, BLOCK_COLS=columns)
        return out
