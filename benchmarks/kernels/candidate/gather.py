"""From each row, the elements that its indices name: flat over the indices."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def gather_kernel(x_ptr, index_ptr, out_ptr, n_elements, n_cols, n_chosen, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = at < n_elements
    index = tl.load(index_ptr + at, mask=mask, other=0)
    tl.store(out_ptr + at, tl.load(x_ptr + at // n_chosen * n_cols + index, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x, index):
        x, index = x.contiguous(), index.contiguous()
        out = torch.empty(index.shape, dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(index.numel(), 64),)
        gather_kernel[grid](x, index, out, index.numel(), x.shape[1], index.shape[1], BLOCK=64)
        return out
