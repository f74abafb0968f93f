import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, o, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    carry = 0.0
    for s in range(0, N, BLOCK):
        c = s + tl.arange(0, BLOCK)
        v = tl.load(x + r * N + c, mask=c < N, other=0.0)
        tl.store(o + r * N + c, tl.cumsum(v, 0) + carry, mask=c < N)
        carry = tl.sum(v, 0)
class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        o = torch.empty_like(x)
        k[(x.shape[0],)](x, o, x.shape[1], BLOCK=128)
        return o
