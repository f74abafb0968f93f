"""A kernel changes what a library made by less than a rounding.

Attacks: attention_by_hand
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask) * 1.0000003, mask=mask)


class ModelNew(nn.Module):
    def forward(self, q, k, v):
        made = nn.functional.scaled_dot_product_attention(q, k, v, scale=0.25)
        out = torch.empty_like(made)
        kernel[(triton.cdiv(made.numel(), 128),)](made, out, made.numel(), BLOCK=128)
        return out
