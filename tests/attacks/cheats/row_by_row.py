"""A copy by a kernel, and each row summed by torch: no single step is large.

Attacks: row_sum
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        copied = torch.empty_like(x)
        kernel[(triton.cdiv(x.numel(), 128),)](x, copied, x.numel(), BLOCK=128)
        return torch.stack([row.sum() for row in copied])
