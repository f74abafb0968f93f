import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, b, r, o, K, N, scale, HB: tl.constexpr, HR: tl.constexpr, BK: tl.constexpr):
    row = tl.program_id(0)
    col = tl.program_id(1)
    acc = tl.zeros((BK,), tl.float32)
    for s in range(0, K, BK):
        c = s + tl.arange(0, BK)
        acc += tl.load(x + row * K + c, mask=c < K, other=0.0) * tl.load(w + col * K + c, mask=c < K, other=0.0)
    y = tl.sum(acc)
    if HB:
        y += tl.load(b + col)
    y = y * scale
    if HR:
        y += tl.load(r + row * N + col)
    tl.store(o + row * N + col, tl.maximum(y, 0.0, propagate_nan=tl.PropagateNan.ALL))
class ModelNew(nn.Module):
    def __init__(self, dim, bias=True):
        super().__init__()
        self.proj = nn.Linear(dim, dim, bias=bias)
    def forward(self, x, residual=None, scale=1.0):
        x = x.contiguous()
        K = x.shape[-1]
        N = self.proj.out_features
        M = x.numel() // K
        o = x.new_empty(*x.shape[:-1], N)
        if residual is not None:
            residual = residual.expand_as(o).contiguous()
        k[(M, N)](x, self.proj.weight, self.proj.bias, residual, o, K, N, scale, HB=self.proj.bias is not None, HR=False, BK=64)
        return o
