import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, y, loss, cnt, C, ig, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    v = tl.load(x + r * C + c, mask=c < C, other=float("-inf"))
    t = tl.load(y + r)
    mx = tl.max(v, 0)
    lse = mx + tl.log(tl.sum(tl.exp(v - mx), 0))
    ok = t != ig
    xt = tl.load(x + r * C + tl.where(ok, t, 0))
    tl.store(loss + r, tl.where(ok, lse - xt, 0.0))
    tl.store(cnt + r, ok.to(tl.float32))
@triton.jit
def red(loss, cnt, o, N, BLOCK: tl.constexpr):
    a = tl.zeros((BLOCK,), tl.float32)
    b = tl.zeros((BLOCK,), tl.float32)
    for s in range(0, N, BLOCK):
        c = s + tl.arange(0, BLOCK)
        a += tl.load(loss + c, mask=c < N, other=0.0)
        b += tl.load(cnt + c, mask=c < N, other=0.0)
    tl.store(o, tl.sum(a) / tl.sum(b))
class ModelNew(nn.Module):
    def __init__(self, ignore_index=-100):
        super().__init__()
        self.ignore_index = ignore_index
    def forward(self, x, y):
        N, C = x.shape
        x = x.contiguous()
        loss = torch.empty(N, device=x.device); cnt = torch.empty(N, device=x.device)
        o = torch.empty((), device=x.device)
        k[(N,)](x, y, loss, cnt, C, self.ignore_index, BLOCK=triton.next_power_of_2(C))
        red[(1,)](loss, cnt, o, N, BLOCK=256)
        return o
