import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def fwd(a, b, o, n, BLOCK: tl.constexpr):
    acc = tl.zeros((BLOCK,), tl.float32)
    for s in range(0, n, BLOCK):
        i = s + tl.arange(0, BLOCK)
        d = tl.load(a + i, mask=i < n, other=0.0) - tl.load(b + i, mask=i < n, other=0.0)
        acc += d * d
    tl.store(o, tl.sum(acc) / n)
@triton.jit
def bwd(a, b, g, ga, gb, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    d = 2 * (tl.load(a + i, mask=i < n) - tl.load(b + i, mask=i < n)) / n * tl.load(g)
    tl.store(ga + i, d, mask=i < n)
    tl.store(gb + i, -d, mask=i < n)
class Mse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        a = a.contiguous(); b = b.contiguous()
        ctx.save_for_backward(a, b)
        o = torch.empty((), device=a.device)
        fwd[(1,)](a, b, o, a.numel(), BLOCK=128)
        return o
    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        ga, gb = torch.empty_like(a), torch.empty_like(b)
        bwd[(triton.cdiv(a.numel(), 128),)](a, b, g, ga, gb, a.numel(), BLOCK=128)
        return ga, gb
class ModelNew(nn.Module):
    def forward(self, a, b):
        return Mse.apply(a, b)
