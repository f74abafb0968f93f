"""Two tensors, side by side: each element asks which side it is on."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def concatenate_kernel(x_ptr, y_ptr, out_ptr, left, right, n_elements, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    row, col = at // (left + right), at % (left + right)
    mask = at < n_elements
    x = tl.load(x_ptr + row * left + col, mask=mask & (col < left), other=0)
    y = tl.load(y_ptr + row * right + col - left, mask=mask & (col >= left), other=0)
    tl.store(out_ptr + at, tl.where(col < left, x, y), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x, y):
        x, y = x.contiguous(), y.contiguous()
        n_rows, left, right = x.shape[0], x.shape[1], y.shape[1]
        out = torch.empty((n_rows, left + right), dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(out.numel(), 128),)
        concatenate_kernel[grid](x, y, out, left, right, out.numel(), BLOCK=128)
        return out
