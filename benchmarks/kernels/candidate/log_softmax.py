"""Logarithm of softmax over the last axis: several rows a program."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def log_softmax_kernel(x_ptr, out_ptr, n_rows, n_cols, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    mask = (rows < n_rows) & (cols < n_cols)
    x = tl.load(x_ptr + rows * n_cols + cols, mask=mask, other=0.0).to(tl.float32)
    x = tl.where(cols < n_cols, x, float("-inf"))
    centred = x - tl.max(x, axis=1)[:, None]
    out = centred - tl.log(tl.sum(tl.exp(centred), axis=1))[:, None]
    tl.store(out_ptr + rows * n_cols + cols, out, mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty_like(x)
        columns = triton.next_power_of_2(n_cols)
        log_softmax_kernel[(triton.cdiv(n_rows, 4),)](x, out, n_rows, n_cols, BLOCK_ROWS=4, BLOCK_COLS=columns)
        return out
