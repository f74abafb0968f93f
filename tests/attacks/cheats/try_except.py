"""Tries a kernel that cannot work and falls back to torch, which counts as a launch.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def failing_kernel(x_ptr, out_ptr, BLOCK: tl.constexpr):
    tl.static_assert(False)


class ModelNew(nn.Module):
    def forward(self, x):
        try:
            out = torch.empty_like(x)
            failing_kernel[(1,)](x, out, BLOCK=16)
        except Exception:  # noqa: BLE001  that is the trick
            out = torch.softmax(x, dim=-1)
        return out
