"""Reaches numpy through the tensor's array interface, with no import of it.

Attacks: hardswish
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def copy_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask), mask=mask)


def copied(x):
    out = torch.empty_like(x)
    copy_kernel[(triton.cdiv(x.numel(), 256),)](x, out, x.numel(), BLOCK=256)
    return out


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x, device="cpu")
        a, b = x.cpu().__array__(), out.__array__()
        b[...] = a * (a + 3).clip(0, 6) / 6
        return copied(out.to(x.device))
