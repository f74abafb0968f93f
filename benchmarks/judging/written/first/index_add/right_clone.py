import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def copy(x, o, n, BLOCK: tl.constexpr):
    c = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(o + c, tl.load(x + c, mask=c < n), mask=c < n)
@triton.jit
def k(o, idx, src, D, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    i = tl.load(idx + r)
    tl.atomic_add(o + i * D + c, tl.load(src + r * D + c, mask=c < D), mask=c < D)
class ModelNew(nn.Module):
    def forward(self, x, idx, src):
        x = x.contiguous(); src = src.contiguous()
        o = x.clone()
        D = x.shape[1]
        k[(idx.shape[0],)](o, idx, src, D, BLOCK=triton.next_power_of_2(D))
        return o
