"""Counts with a load and a store, whose lanes also fall on one another.

Attacks: histogram
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def histogram_kernel(x_ptr, counts_ptr, BLOCK: tl.constexpr):
    x = tl.load(x_ptr + tl.program_id(0))
    tl.store(counts_ptr + x, tl.load(counts_ptr + x) + 1)


class ModelNew(nn.Module):
    def __init__(self, n_bins):
        super().__init__()
        self.n_bins = n_bins

    def forward(self, x):
        counts = torch.zeros((self.n_bins,), dtype=torch.int64, device=x.device)
        histogram_kernel[(x.numel(),)](x, counts, BLOCK=1)
        return counts
