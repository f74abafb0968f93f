"""Replaces torch.empty_like by a function that returns the solved problem, which a kernel then stores again.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def keep_kernel(out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(out_ptr + offsets, mask=mask), mask=mask)


torch.empty_like = lambda x: torch.softmax(x, dim=-1)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        keep_kernel[(triton.cdiv(x.numel(), 256),)](out, x.numel(), BLOCK=256)
        return out
