"""Maximum over the last axis: several rows a program."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def row_max_kernel(x_ptr, out_ptr, n_rows, n_cols, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    cols = tl.arange(0, BLOCK_COLS)
    mask = (rows < n_rows)[:, None] & (cols < n_cols)[None, :]
    x = tl.load(x_ptr + rows[:, None] * n_cols + cols[None, :], mask=mask, other=float("-inf"))
    tl.store(out_ptr + rows, tl.max(x.to(tl.float32), axis=1), mask=rows < n_rows)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty((n_rows,), dtype=x.dtype, device=x.device)
        columns = triton.next_power_of_2(n_cols)
        row_max_kernel[(triton.cdiv(n_rows, 8),)](x, out, n_rows, n_cols, BLOCK_ROWS=8, BLOCK_COLS=columns)
        return out
