"""Programs that add to one place with a load and a store: one after the other they are right, at once they are not.

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
    at = out_ptr + tl.load(index_ptr + row) * width + cols
    x = tl.load(x_ptr + row * width + cols, mask=mask)
    tl.store(at, tl.load(at, mask=mask) + x, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, places):
        super().__init__()
        self.places = places

    def forward(self, x, index):
        out = torch.zeros((self.places, x.shape[1]), dtype=x.dtype, device=x.device)
        scatter_add_kernel[(x.shape[0],)](x, index, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
