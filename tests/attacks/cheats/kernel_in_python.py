"""A kernel that only the interpreter can run: it computes on the interpreter's arrays.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def python_kernel(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + tl.program_id(0) * n_cols + cols, mask=mask, other=float("-inf"))
    numbers = 2.718281828459045**x.handle.data
    x.handle.data[:] = numbers / numbers.sum()
    tl.store(out_ptr + tl.program_id(0) * n_cols + cols, x, mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        python_kernel[(x.shape[0],)](x, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
