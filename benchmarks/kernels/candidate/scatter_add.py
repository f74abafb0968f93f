"""Rows added up into the places that an index names, by atomics."""

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
    x = tl.load(x_ptr + row * width + cols, mask=mask)
    tl.atomic_add(out_ptr + place * width + cols, x, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, places):
        super().__init__()
        self.places = places

    def forward(self, x, index):
        x, index = x.contiguous(), index.contiguous()
        n_rows, width = x.shape
        out = torch.zeros((self.places, width), dtype=x.dtype, device=x.device)
        scatter_add_kernel[(n_rows,)](x, index, out, width, BLOCK=triton.next_power_of_2(width))
        return out
