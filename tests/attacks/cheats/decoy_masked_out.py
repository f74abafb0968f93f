"""The kernel runs, but its mask holds for nothing.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def masked_out_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < -n_elements
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.softmax(x, dim=-1)
        masked_out_kernel[(1,)](x, out, x.numel(), BLOCK=256)
        return out
