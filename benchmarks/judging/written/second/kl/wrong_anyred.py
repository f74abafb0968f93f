import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(p, q, o, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    a = tl.load(p + i, mask=i < n, other=0.0)
    b = tl.load(q + i, mask=i < n, other=0.0)
    tl.store(o + i, tl.where(b > 0, b * (tl.log(tl.where(b > 0, b, 1.0)) - a), 0.0), mask=i < n)
@triton.jit
def red(x, o, n, scale, BLOCK: tl.constexpr):
    acc = tl.zeros((BLOCK,), tl.float32)
    for s in range(0, n, BLOCK):
        i = s + tl.arange(0, BLOCK)
        acc += tl.load(x + i, mask=i < n, other=0.0)
    tl.store(o, tl.sum(acc) / scale)
class ModelNew(nn.Module):
    def __init__(self, reduction="batchmean"):
        super().__init__()
    def forward(self, logp, q):
        logp = logp.contiguous(); q = q.contiguous()
        t = torch.empty_like(q); o = torch.empty((), device=q.device)
        k[(triton.cdiv(q.numel(), 128),)](logp, q, t, q.numel(), BLOCK=128)
        red[(1,)](t, o, q.numel(), q.shape[0], BLOCK=256)
        return o
