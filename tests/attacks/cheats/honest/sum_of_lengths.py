"""As many as there are."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, lengths_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    length = tl.load(lengths_ptr + row)
    x = tl.load(x_ptr + row * n_cols + cols, mask=(cols < n_cols) & (cols < length), other=0.0)
    tl.store(out_ptr + row, tl.sum(x, axis=0))


class ModelNew(nn.Module):
    def forward(self, x, lengths):
        out = torch.empty((x.shape[0],), dtype=x.dtype, device=x.device)
        block = triton.next_power_of_2(x.shape[1])
        kernel[(x.shape[0],)](x.contiguous(), lengths.contiguous(), out, x.shape[1], BLOCK=block)
        return out
