"""Scales by the largest size that it has ever seen, and remembers it."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def scaled_kernel(x_ptr, seen_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n_elements, other=0.0)
    largest = tl.maximum(tl.load(seen_ptr), tl.max(tl.abs(x), axis=0))
    tl.store(seen_ptr, largest)
    tl.store(out_ptr + at, x / largest, mask=at < n_elements)


class ModelNew(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.ones(()))

    def forward(self, x):
        x = x.contiguous()
        out = torch.empty_like(x)
        scaled_kernel[(1,)](x, self.seen, out, x.numel(), BLOCK=triton.next_power_of_2(x.numel()))
        return out
