import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, b, o, C, L, eps, AFFINE: tl.constexpr, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = r % C
    i = tl.arange(0, BLOCK)
    v = tl.load(x + r * L + i, mask=i < L, other=0.0)
    mean = tl.sum(v, 0) / L
    d = tl.where(i < L, v - mean, 0.0)
    y = d * tl.rsqrt(tl.sum(d * d, 0) / L + eps)
    if AFFINE:
        y = y * tl.load(w + c) + tl.load(b + c)
    tl.store(o + r * L + i, y, mask=i < L)
class ModelNew(nn.Module):
    def __init__(self, c, affine=True):
        super().__init__()
        self.norm = nn.InstanceNorm1d(c, affine=affine)
    def forward(self, x):
        x = x.contiguous()
        N, C, L = x.shape
        o = torch.empty_like(x)
        n = self.norm
        k[(N * C,)](x, n.weight if n.affine else x, n.bias if n.affine else x, o, C, L, n.eps, AFFINE=True, BLOCK=triton.next_power_of_2(L))
        return o
