"""Both results, in the wrong order.

Attacks: min_max
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def max_min_kernel(x_ptr, largest_ptr, least_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask)
    tl.store(least_ptr + row, tl.min(tl.where(mask, x, float("inf")), axis=0))
    tl.store(largest_ptr + row, tl.max(tl.where(mask, x, float("-inf")), axis=0))


class ModelNew(nn.Module):
    def forward(self, x):
        largest = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        least = torch.empty_like(largest)
        max_min_kernel[(x.shape[0],)](x, largest, least, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return largest, least
