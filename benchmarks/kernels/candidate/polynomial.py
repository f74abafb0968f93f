"""A polynomial by its coefficients, clamped: a loop that is unrolled over constants of the module."""

import torch
import triton
import triton.language as tl
from torch import nn

COEFFICIENTS = tl.constexpr((0.5, -1.25, 0.75, 2.0))


@triton.jit
def polynomial_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    tl.static_assert(BLOCK >= 32)
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask, other=0.0)
    total = tl.zeros_like(x)
    for index in tl.static_range(4):
        total = total * x + COEFFICIENTS[index]
    tl.device_assert(offsets >= 0, "an offset that wrapped around")
    tl.store(out_ptr + offsets, tl.clamp(total, -3.0, 4.0), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        out = torch.empty_like(x)
        polynomial_kernel[(triton.cdiv(x.numel(), 64),)](x, out, x.numel(), BLOCK=64)
        return out
