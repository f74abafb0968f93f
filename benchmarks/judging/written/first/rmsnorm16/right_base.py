import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, o, N, eps, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    m = c < N
    v = tl.load(x + r * N + c, mask=m, other=0.0).to(tl.float32)
    ms = tl.sum(v * v) / N
    y = (v * tl.rsqrt(ms + eps)).to(tl.bfloat16)
    tl.store(o + r * N + c, y * tl.load(w + c, mask=m), mask=m)
class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim, dtype=torch.bfloat16))
        self.eps = eps
    def forward(self, x):
        x = x.contiguous()
        N = x.shape[-1]
        o = torch.empty_like(x)
        k[(x.numel() // N,)](x, self.weight, o, N, self.eps, BLOCK=triton.next_power_of_2(N))
        return o
