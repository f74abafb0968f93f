"""Two programs share each output element and the second overwrites half-done work of the first: right in one order.

Attacks: row_sum
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def row_sum_kernel(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row, part = tl.program_id(1), tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * n_cols + cols, mask=(cols < n_cols) & ((part == 1) | (cols < n_cols // 2)), other=0.0)
    tl.store(out_ptr + row, tl.sum(x, axis=0))


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        row_sum_kernel[(2, x.shape[0])](x, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
