"""An online sum that is not rescaled when the maximum grows: right where the first block holds it.

Attacks: logsumexp
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def logsumexp_kernel(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    largest = tl.full((), float("-inf"), dtype=tl.float32)
    total = tl.full((), 0.0, dtype=tl.float32)
    for start in range(0, n_cols, BLOCK):
        cols = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row * n_cols + cols, mask=cols < n_cols, other=float("-inf"))
        largest = tl.maximum(largest, tl.max(x, axis=0))
        total = total + tl.sum(tl.exp(x - largest), axis=0)
    tl.store(out_ptr + row, largest + tl.log(total))


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        logsumexp_kernel[(x.shape[0],)](x, out, x.shape[1], BLOCK=64)
        return out
