"""Writes the one that the program always gives. Not even wrong: the program proves nothing about a kernel.

Attacks: always_one
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def one_kernel(out_ptr, n_rows, BLOCK: tl.constexpr):
    rows = tl.arange(0, BLOCK)
    tl.store(out_ptr + rows, tl.full((BLOCK,), 1.0, dtype=tl.float32), mask=rows < n_rows)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        one_kernel[(1,)](out, x.shape[0], BLOCK=16)
        return out
