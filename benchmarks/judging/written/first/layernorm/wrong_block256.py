import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, b, o, N, eps, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    m = c < N
    v = tl.load(x + r * N + c, mask=m, other=0.0).to(tl.float32)
    mean = tl.sum(v) / N
    d = tl.where(m, v - mean, 0.0)
    var = tl.sum(d * d) / N
    y = d / tl.sqrt(var + eps)
    y = y * tl.load(w + c, mask=m) + tl.load(b + c, mask=m)
    tl.store(o + r * N + c, y, mask=m)
class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=eps)
    def forward(self, x):
        x = x.contiguous()
        N = x.shape[-1]
        o = torch.empty_like(x)
        k[(x.numel() // N,)](x, self.norm.weight, self.norm.bias, o, N, self.norm.eps, BLOCK=256)
        return o
