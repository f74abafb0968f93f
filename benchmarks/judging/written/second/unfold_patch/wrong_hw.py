import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, o, C, H, W, P, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    c = i % C
    pw = (i // C) % P
    ph = (i // (C * P)) % P
    gw = (i // (C * P * P)) % (H // P)
    gh = (i // (C * P * H)) % (W // P)
    b = i // (C * H * W)
    v = tl.load(x + ((b * C + c) * H + gh * P + ph) * W + gw * P + pw, mask=i < n)
    tl.store(o + i, v, mask=i < n)
class ModelNew(nn.Module):
    def __init__(self, p=4):
        super().__init__()
        self.p = p
    def forward(self, x):
        x = x.contiguous()
        B, C, H, W = x.shape
        p = self.p
        if H % p or W % p: raise ValueError
        o = x.new_empty(B, (H // p) * (W // p), p * p * C)
        k[(triton.cdiv(x.numel(), 256),)](x, o, C, H, W, p, x.numel(), BLOCK=256)
        return o
