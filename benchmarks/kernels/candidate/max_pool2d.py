"""Maximum over windows of 3 x 3, every second one, with a border of one."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def max_pool2d_kernel(x_ptr, out_ptr, height, width, out_height, out_width, n_elements, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    picture = at // (out_height * out_width)
    out_row, out_col = at // out_width % out_height, at % out_width
    largest = tl.full((BLOCK,), float("-inf"), dtype=tl.float32)
    for window_row in range(3):
        for window_col in range(3):
            row, col = out_row * 2 - 1 + window_row, out_col * 2 - 1 + window_col
            inside = (row >= 0) & (row < height) & (col >= 0) & (col < width) & (at < n_elements)
            x = tl.load(x_ptr + (picture * height + row) * width + col, mask=inside, other=float("-inf"))
            largest = tl.maximum(largest, x)
    tl.store(out_ptr + at, largest, mask=at < n_elements)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, height, width = x.shape
        out_height, out_width = (height - 1) // 2 + 1, (width - 1) // 2 + 1
        out = torch.empty((n_batches, n_channels, out_height, out_width), dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(out.numel(), 64),)
        max_pool2d_kernel[grid](x, out, height, width, out_height, out_width, out.numel(), BLOCK=64)
        return out
