"""Mean over windows that overlap: one program a row."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def avg_pool1d_kernel(x_ptr, out_ptr, n_steps, n_windows, window, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    mask = at < n_windows
    total = tl.zeros((BLOCK,), dtype=tl.float32)
    for step in range(window):
        total += tl.load(x_ptr + row * n_steps + at + step, mask=mask, other=0.0)
    tl.store(out_ptr + row * n_windows + at, total / window, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, window):
        super().__init__()
        self.window = window

    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, n_steps = x.shape
        n_windows = n_steps - self.window + 1
        out = torch.empty((n_batches, n_channels, n_windows), dtype=x.dtype, device=x.device)
        grid = (n_batches * n_channels,)
        block = triton.next_power_of_2(n_windows)
        avg_pool1d_kernel[grid](x, out, n_steps, n_windows, self.window, BLOCK=block)
        return out
