import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(a, b, o, N, eps, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    u = tl.load(a + r * N + c, mask=c < N, other=0.0)
    v = tl.load(b + r * N + c, mask=c < N, other=0.0)
    nu = tl.maximum(tl.sqrt(tl.sum(u * u)), eps)
    nv = tl.maximum(tl.sqrt(tl.sum(v * v)), eps)
    tl.store(o + r, tl.sum((u / nu) * (v / nv)))
class ModelNew(nn.Module):
    def forward(self, a, b):
        a = a.contiguous(); b = b.contiguous()
        assert a.shape == b.shape
        o = torch.empty(a.shape[:-1], device=a.device)
        k[(o.numel(),)](a, b, o, a.shape[-1], 1e-8, BLOCK=triton.next_power_of_2(a.shape[-1]))
        return o
