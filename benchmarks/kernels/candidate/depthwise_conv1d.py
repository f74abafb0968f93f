"""Each channel with a filter of its own, looking only back, and silu of what comes out."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def depthwise_conv1d_kernel(x_ptr, weight_ptr, out_ptr, n_channels, n_steps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    steps = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    total = tl.zeros((BLOCK,), dtype=tl.float32)
    for tap in range(4):
        at = steps + tap - 3
        x = tl.load(x_ptr + row * n_steps + at, mask=(at >= 0) & (at < n_steps), other=0.0)
        total += x * tl.load(weight_ptr + row % n_channels * 4 + tap)
    tl.store(out_ptr + row * n_steps + steps, total * tl.sigmoid(total), mask=steps < n_steps)


class ModelNew(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, 1, 4))

    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, n_steps = x.shape
        out = torch.empty_like(x)
        grid = (n_batches * n_channels, triton.cdiv(n_steps, 16))
        depthwise_conv1d_kernel[grid](x, self.weight, out, n_channels, n_steps, BLOCK=16)
        return out
