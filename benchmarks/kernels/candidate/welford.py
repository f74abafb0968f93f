"""Mean and biased variance over the last axis in one pass, by a reduction that joins two sets of numbers."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def joined(mean_a, squares_a, count_a, mean_b, squares_b, count_b):
    count = count_a + count_b
    share = tl.where(count == 0.0, 0.0, count_b / tl.maximum(count, 1.0))
    apart = mean_b - mean_a
    return mean_a + apart * share, squares_a + squares_b + apart * apart * count_a * share, count


@triton.jit
def welford_kernel(x_ptr, mean_ptr, variance_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask, other=0.0)
    nothing = tl.zeros((BLOCK,), dtype=tl.float32)
    mean, squares, count = tl.reduce((x, nothing, mask.to(tl.float32)), 0, joined)
    tl.store(mean_ptr + row, mean)
    tl.store(variance_ptr + row, squares / count)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_rows, n_cols = x.shape
        mean = torch.empty((n_rows,), dtype=x.dtype, device=x.device)
        variance = torch.empty_like(mean)
        welford_kernel[(n_rows,)](x, mean, variance, n_cols, BLOCK=triton.next_power_of_2(n_cols))
        return mean, variance
