"""Every pixel twice in both directions: one program a row of the result."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def upsample_kernel(x_ptr, out_ptr, height, width, BLOCK: tl.constexpr):
    out_row = tl.program_id(0)
    picture, row = out_row // (2 * height), out_row % (2 * height) // 2
    cols = tl.arange(0, BLOCK)
    mask = cols < 2 * width
    x = tl.load(x_ptr + (picture * height + row) * width + cols // 2, mask=mask)
    tl.store(out_ptr + out_row * 2 * width + cols, x, mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, height, width = x.shape
        out = torch.empty((n_batches, n_channels, 2 * height, 2 * width), dtype=x.dtype, device=x.device)
        grid = (n_batches * n_channels * 2 * height,)
        upsample_kernel[grid](x, out, height, width, BLOCK=triton.next_power_of_2(2 * width))
        return out
