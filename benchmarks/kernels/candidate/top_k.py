"""The largest elements of each row, in order: the largest one is taken out, again and again."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def top_k_kernel(x_ptr, out_ptr, n_cols, k, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * n_cols + cols, mask=cols < n_cols, other=float("-inf"))
    for place in range(k):
        largest = tl.max(x, axis=0)
        tl.store(out_ptr + row * k + place, largest)
        first = tl.min(tl.where(x == largest, cols, BLOCK), axis=0)
        x = tl.where(cols == first, float("-inf"), x)


class ModelNew(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        out = torch.empty((n_rows, self.k), dtype=x.dtype, device=x.device)
        top_k_kernel[(n_rows,)](x, out, n_cols, self.k, BLOCK=triton.next_power_of_2(n_cols))
        return out
