import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, b, o, D, L, K: tl.constexpr, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    d = r % D
    t = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    acc = tl.zeros((BLOCK,), tl.float32) + tl.load(b + d)
    for j in tl.static_range(K):
        p = t - (K - 1) + j
        acc += tl.load(w + d * K + j) * tl.load(x + r * L + p, mask=(p >= 0) & (t < L), other=0.0)
    tl.store(o + r * L + t, tl.maximum(acc, 0.0), mask=t < L)
class ModelNew(nn.Module):
    def __init__(self, d, k=4):
        super().__init__()
        self.conv = nn.Conv1d(d, d, k, groups=d, padding=k - 1)
        self.k = k
    def forward(self, x):
        x = x.contiguous()
        B, D, L = x.shape
        o = torch.empty_like(x)
        k[(B * D, triton.cdiv(L, 32))](x, self.conv.weight, self.conv.bias, o, D, L, K=self.k, BLOCK=32)
        return o
