import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def cols(x, o, M, N, BLOCK: tl.constexpr):
    c = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    a = tl.zeros((BLOCK,), tl.int64)
    for r in range(0, M):
        a += tl.load(x + r * N + c, mask=c < N, other=0).to(tl.int64)
    tl.store(o + c, a, mask=c < N)
@triton.jit
def sq(x, o, n, BLOCK: tl.constexpr):
    a = tl.zeros((BLOCK,), tl.int64)
    for s in range(0, n, BLOCK):
        i = s + tl.arange(0, BLOCK)
        v = tl.load(x + i, mask=i < n, other=0)
        a += v.to(tl.int64) * v
    tl.store(o, tl.sum(a))
def totalNew(x):
    x = x.contiguous()
    M, N = x.shape
    o = torch.empty(N, dtype=torch.int64, device=x.device)
    s = torch.empty((), dtype=torch.int64, device=x.device)
    cols[(triton.cdiv(N, 64),)](x, o, M, N, BLOCK=64)
    sq[(1,)](x, s, x.numel(), BLOCK=256)
    return o, s
