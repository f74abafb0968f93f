"""Rows of a table, by index: several rows a program."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def embedding_kernel(
    index_ptr, table_ptr, out_ptr, n_indices, width, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    cols = tl.arange(0, BLOCK_COLS)
    index = tl.load(index_ptr + rows, mask=rows < n_indices, other=0)
    mask = (rows < n_indices)[:, None] & (cols < width)[None, :]
    found = tl.load(table_ptr + index[:, None] * width + cols[None, :], mask=mask)
    tl.store(out_ptr + rows[:, None] * width + cols[None, :], found, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.table = nn.Embedding(words, width)

    def forward(self, index):
        index = index.contiguous()
        table = self.table.weight
        width = table.shape[1]
        out = torch.empty((*index.shape, width), dtype=table.dtype, device=index.device)
        grid = (triton.cdiv(index.numel(), 8),)
        columns = triton.next_power_of_2(width)
        embedding_kernel[grid](index, table, out, index.numel(), width, BLOCK_ROWS=8, BLOCK_COLS=columns)
        return out
