import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(s, mk, o, H, L, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    b = r // (H * L)
    l = r % L
    c = tl.arange(0, BLOCK)
    inb = c < N
    v = tl.load(s + r * N + c, mask=inb, other=float("-inf"))
    keep = tl.load(mk + (b * L + l) * N + c, mask=inb, other=0)
    v = tl.where(keep != 0, v, float("-inf"))
    e = tl.exp(v)
    tl.store(o + r * N + c, e / tl.sum(e, 0), mask=inb)
class ModelNew(nn.Module):
    def forward(self, scores, mask):
        scores = scores.contiguous(); mask = mask.contiguous()
        B, H, L, N = scores.shape
        if tuple(mask.shape) != (B, 1, L, N):
            raise ValueError("mask shape")
        o = torch.empty_like(scores)
        k[(B * H * L,)](scores, mask, o, H, L, N, BLOCK=triton.next_power_of_2(N))
        return o
