"""Dropout whose mask is a hash of seed and position, made where it is used."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def hashed(bits):
    bits = (bits ^ (bits >> 16)) * 0x7FEB352D & 0xFFFFFFFF
    bits = (bits ^ (bits >> 15)) * 0x846CA68B & 0xFFFFFFFF
    return bits ^ (bits >> 16)


@triton.jit
def seeded_dropout_kernel(x_ptr, out_ptr, n_elements, start, threshold, kept_share, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    bits = hashed(offsets.to(tl.int64) + start & 0xFFFFFFFF)
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, tl.where(bits >= threshold, x / kept_share, 0.0), mask=mask)


class ModelNew(nn.Module):
    def __init__(self, seed, chance):
        super().__init__()
        self.seed, self.chance = seed, chance

    def forward(self, x):
        x = x.contiguous()
        out = torch.empty_like(x)
        start, threshold = self.seed * 0x9E3779B1, int(self.chance * 2**32)
        grid = (triton.cdiv(x.numel(), 256),)
        seeded_dropout_kernel[grid](x, out, x.numel(), start, threshold, 1 - self.chance, BLOCK=256)
        return out
