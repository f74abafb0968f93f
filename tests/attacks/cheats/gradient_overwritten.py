"""Writes its own gradient over the one that flows in.

Attacks: silu_autograd
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def silu_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask, other=0.0)
    tl.store(out_ptr + offsets, x / (1.0 + tl.exp(-x)), mask=mask)


@triton.jit
def silu_gradient_kernel(x_ptr, gradient_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask, other=0.0)
    gradient = tl.load(gradient_ptr + offsets, mask=mask, other=0.0)
    gate = 1.0 / (1.0 + tl.exp(-x))
    tl.store(out_ptr + offsets, gradient * gate * (1.0 + x * (1.0 - gate)), mask=mask)


class Silu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x = x.contiguous()
        ctx.save_for_backward(x)
        out = torch.empty_like(x)
        silu_kernel[(triton.cdiv(x.numel(), 128),)](x, out, x.numel(), BLOCK=128)
        return out

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        gradient = gradient.contiguous()
        out = gradient
        silu_gradient_kernel[(triton.cdiv(x.numel(), 128),)](x, gradient, out, x.numel(), BLOCK=128)
        return out


class ModelNew(nn.Module):
    def forward(self, x):
        return Silu.apply(x)
