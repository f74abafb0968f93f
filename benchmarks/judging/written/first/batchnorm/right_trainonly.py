import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def stats(x, mo, vo, N, C, S, BLOCK: tl.constexpr):
    c = tl.program_id(0)
    a = tl.zeros((BLOCK,), tl.float32)
    for n in range(0, N):
        for s in range(0, S, BLOCK):
            i = s + tl.arange(0, BLOCK)
            a += tl.load(x + (n * C + c) * S + i, mask=i < S, other=0.0)
    mean = tl.sum(a) / (N * S)
    q = tl.zeros((BLOCK,), tl.float32)
    for n in range(0, N):
        for s in range(0, S, BLOCK):
            i = s + tl.arange(0, BLOCK)
            d = tl.where(i < S, tl.load(x + (n * C + c) * S + i, mask=i < S, other=0.0) - mean, 0.0)
            q += d * d
    tl.store(mo + c, mean)
    tl.store(vo + c, tl.sum(q) / (N * S))
@triton.jit
def norm(x, mean, var, w, b, o, C, S, n, eps, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    m = i < n
    c = (i // S) % C
    y = (tl.load(x + i, mask=m) - tl.load(mean + c, mask=m)) * tl.rsqrt(tl.load(var + c, mask=m, other=1.0) + eps)
    tl.store(o + i, y * tl.load(w + c, mask=m) + tl.load(b + c, mask=m), mask=m)
class ModelNew(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bn = nn.BatchNorm2d(c)
    def forward(self, x):
        x = x.contiguous()
        bn = self.bn
        N, C = x.shape[:2]
        S = x.numel() // (N * C)
        mean, var = bn.running_mean, bn.running_var
        if True:
            mean = torch.empty_like(mean); var = torch.empty_like(var)
            stats[(C,)](x, mean, var, N, C, S, BLOCK=64)
            M = N * S
            with torch.no_grad():
                bn.running_mean.mul_(1 - bn.momentum).add_(mean, alpha=bn.momentum)
                bn.running_var.mul_(1 - bn.momentum).add_(var * (M / (M - 1)), alpha=bn.momentum)
                bn.num_batches_tracked.add_(1)
        o = torch.empty_like(x)
        norm[(triton.cdiv(x.numel(), 128),)](x, mean, var, bn.weight, bn.bias, o, C, S, x.numel(), bn.eps, BLOCK=128)
        return o
