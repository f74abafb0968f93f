import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def combine(n1, m1, s1, n2, m2, s2):
    n = n1 + n2
    d = m2 - m1
    safe = tl.where(n > 0, n, 1.0)
    return n, m1 + d * n2 / safe, s1 + s2 + d * d * n1 * n2 / safe
@triton.jit
def k(x, so, mo, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    i = tl.arange(0, BLOCK)
    ok = i < N
    v = tl.load(x + r * N + i, mask=ok, other=0.0)
    n, m, s = tl.reduce((ok.to(tl.float32), v, tl.zeros_like(v)), 0, combine)
    tl.store(mo + r, m)
    tl.store(so + r, tl.sqrt(s / (N - 1)))
class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        N = x.shape[-1]
        s, m = x.new_empty(x.shape[:-1]), x.new_empty(x.shape[:-1])
        k[(m.numel(),)](x, s, m, N, BLOCK=triton.next_power_of_2(N))
        return s, m
