import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(a, b, o, n, beta, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    d = tl.abs(tl.load(a + i, mask=i < n) - tl.load(b + i, mask=i < n))
    tl.store(o + i, tl.where(d < 1.5 * beta, 0.5 * d * d / beta, d - 0.5 * beta), mask=i < n)
class ModelNew(nn.Module):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = beta
    def forward(self, a, b):
        a = a.contiguous(); b = b.contiguous()
        o = torch.empty_like(a)
        assert a.shape == b.shape
        k[(triton.cdiv(a.numel(), 128),)](a, b, o, a.numel(), self.beta, BLOCK=128)
        return o
