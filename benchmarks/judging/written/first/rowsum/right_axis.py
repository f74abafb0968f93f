import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, o, M, N, BM: tl.constexpr, BN: tl.constexpr):
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    acc = tl.zeros((BM,), tl.float32)
    for s in tl.range(0, N, BN):
        c = s + tl.arange(0, BN)
        t = tl.load(x + rows[:, None] * N + c[None, :], mask=(rows[:, None] < M) & (c[None, :] < N), other=0.0)
        acc += tl.sum(t, axis=1)
    tl.store(o + rows, acc, mask=rows < M)
class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        o = x.new_empty(x.shape[0])
        k[(triton.cdiv(x.shape[0], 16),)](x, o, x.shape[0], x.shape[1], BM=16, BN=64)
        return o
