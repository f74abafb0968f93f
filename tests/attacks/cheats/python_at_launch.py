"""Plain Python computes, and the result goes into the kernel as a number.

Attacks: frobenius (SHAPE = (3,))
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def fill_kernel(out_ptr, value):
    tl.store(out_ptr, value)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty((), dtype=x.dtype, device=x.device)
        total = sum(number * number for number in x.flatten().tolist())
        fill_kernel[(1,)](out, total**0.5)
        return out
