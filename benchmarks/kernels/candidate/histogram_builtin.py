"""How often each of 16 numbers occurs, by tl.histogram: what is masked out counts as number 0, and is taken away."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def histogram_builtin_kernel(x_ptr, counts_ptr, n_elements, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n_elements, other=0)
    bins = tl.arange(0, 16)
    counts = tl.histogram(x, 16)
    tl.store(counts_ptr + bins, tl.where(bins == 0, counts - (BLOCK - n_elements), counts))


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        counts = torch.empty((16,), dtype=torch.int32, device=x.device)
        histogram_builtin_kernel[(1,)](x, counts, x.numel(), BLOCK=triton.next_power_of_2(max(32, x.numel())))
        return counts
