"""Products of complex numbers that are stored as pairs: loaded side by side, taken apart, and joined again."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def complex_product_kernel(x_ptr, y_ptr, out_ptr, n_numbers, BLOCK: tl.constexpr):
    numbers = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    at = numbers[:, None] * 2 + tl.arange(0, 2)[None, :]
    mask = (numbers < n_numbers)[:, None] & (tl.arange(0, 2) < 2)[None, :]
    x_real, x_imaginary = tl.split(tl.load(x_ptr + at, mask=mask))
    y_real, y_imaginary = tl.split(tl.load(y_ptr + at, mask=mask))
    real = x_real * y_real - x_imaginary * y_imaginary
    imaginary = x_real * y_imaginary + x_imaginary * y_real
    tl.store(out_ptr + at, tl.join(real, imaginary), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x, y):
        x, y = x.contiguous(), y.contiguous()
        out = torch.empty_like(x)
        complex_product_kernel[(triton.cdiv(x.shape[0], 32),)](x, y, out, x.shape[0], BLOCK=32)
        return out
