import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, y, o, C, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    v = tl.load(x + r * C + c, mask=c < C, other=float("-inf"))
    t = tl.load(y + r)
    m = tl.max(v, 0)
    lse = m + tl.log(tl.sum(tl.exp(v - m), 0))
    mean = tl.sum(tl.where(c < C, lse - v, 0.0), 0) / C
    keep = t >= -1000
    nll = lse - tl.load(x + r * C + tl.where(keep, t, 0))
    tl.store(o + r, tl.where(keep, 0.9 * nll + 0.1 * mean, 0.0))
class ModelNew(nn.Module):
    def forward(self, x, y):
        x = x.contiguous(); y = y.contiguous()
        o = x.new_empty(x.shape[0])
        k[(x.shape[0],)](x, y, o, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return o
