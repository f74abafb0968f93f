"""How often each number occurs, counted with atomics."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def histogram_kernel(x_ptr, counts_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask, other=0)
    tl.atomic_add(counts_ptr + x, tl.full((BLOCK,), 1, dtype=tl.int64), mask=mask)


class ModelNew(nn.Module):
    def __init__(self, n_bins):
        super().__init__()
        self.n_bins = n_bins

    def forward(self, x):
        x = x.contiguous()
        counts = torch.zeros((self.n_bins,), dtype=torch.int64, device=x.device)
        histogram_kernel[(triton.cdiv(x.numel(), 64),)](x, counts, x.numel(), BLOCK=64)
        return counts
