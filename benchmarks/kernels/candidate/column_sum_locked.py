"""Sums of columns: programs take turns at the result, behind a lock."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def column_sum_kernel(x_ptr, out_ptr, lock_ptr, n_rows, n_cols, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    cols = tl.arange(0, BLOCK_COLS)
    mask = (rows < n_rows)[:, None] & (cols < n_cols)[None, :]
    x = tl.load(x_ptr + rows[:, None] * n_cols + cols[None, :], mask=mask, other=0.0)
    partial = tl.sum(x, axis=0)
    while tl.atomic_cas(lock_ptr, 0, 1) == 1:
        pass
    total = tl.load(out_ptr + cols, mask=cols < n_cols)
    tl.store(out_ptr + cols, total + partial, mask=cols < n_cols)
    tl.debug_barrier()
    tl.atomic_xchg(lock_ptr, 0)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.zeros((n_cols,), dtype=x.dtype, device=x.device)
        lock = torch.zeros((1,), dtype=torch.int32, device=x.device)
        columns = triton.next_power_of_2(n_cols)
        column_sum_kernel[(triton.cdiv(n_rows, 8),)](x, out, lock, n_rows, n_cols, BLOCK_ROWS=8, BLOCK_COLS=columns)
        return out
