"""Reads from address zero; a runner that counts only wrong answers counts none.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def crash_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK).to(tl.int64) + (1 << 46)
    tl.store(out_ptr + tl.arange(0, BLOCK), tl.load(x_ptr + offsets))


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        crash_kernel[(1,)](x, out, x.numel(), BLOCK=256)
        return out
