"""Adds by atomics to memory that nobody has cleared: right when it happens to be fresh from the system.

Attacks: scatter_add
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def scatter_add_kernel(x_ptr, index_ptr, out_ptr, width, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < width
    place = tl.load(index_ptr + row)
    tl.atomic_add(out_ptr + place * width + cols, tl.load(x_ptr + row * width + cols, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def __init__(self, places):
        super().__init__()
        self.places = places

    def forward(self, x, index):
        out = torch.empty((self.places, x.shape[1]), dtype=x.dtype, device=x.device)
        scatter_add_kernel[(x.shape[0],)](x, index, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
