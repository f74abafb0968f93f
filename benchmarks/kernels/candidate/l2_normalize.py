"""Each row over its length, but never over less than 1e-12."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def l2_normalize_kernel(x_ptr, out_ptr, n_rows, n_cols, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    mask = (rows < n_rows) & (cols < n_cols)
    x = tl.load(x_ptr + rows * n_cols + cols, mask=mask, other=0.0)
    length = tl.maximum(tl.sqrt(tl.sum(x * x, axis=1)), 1e-12)
    tl.store(out_ptr + rows * n_cols + cols, x / length[:, None], mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty_like(x)
        columns = triton.next_power_of_2(n_cols)
        l2_normalize_kernel[(triton.cdiv(n_rows, 8),)](x, out, n_rows, n_cols, BLOCK_ROWS=8, BLOCK_COLS=columns)
        return out
