"""Torch does scores, mask, softmax; the kernel multiplies by the values."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def pv(p_ptr, v_ptr, o_ptr, TQ, TK, D, BN: tl.constexpr, BD: tl.constexpr):
    bh = tl.program_id(1).to(tl.int64)
    i = tl.program_id(0)
    d = tl.arange(0, BD)
    acc = tl.zeros([BD], tl.float32)
    for n0 in range(0, TK, BN):
        n = n0 + tl.arange(0, BN)
        p = tl.load(p_ptr + (bh * TQ + i) * TK + n, mask=n < TK, other=0.0)
        v = tl.load(v_ptr + (bh * TK + n)[:, None] * D + d[None, :], mask=(n < TK)[:, None] & (d < D)[None, :], other=0.0)
        acc += tl.sum(p[:, None] * v, axis=0)
    tl.store(o_ptr + (bh * TQ + i) * D + d, acc, mask=d < D)


class ModelNew(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.register_buffer("slopes", 2.0 ** -torch.arange(1, heads + 1).float())

    def forward(self, q, k, v):
        B, H, TQ, D = q.shape
        TK = k.shape[2]
        i = torch.arange(TQ, device=q.device)[:, None] + (TK - TQ)
        j = torch.arange(TK, device=q.device)[None, :]
        s = q @ k.transpose(-1, -2) * D ** -0.5 + self.slopes[:, None, None] * (j - i)
        p = torch.softmax(s.masked_fill(j > i, float("-inf")), dim=-1).contiguous()
        o = torch.empty(q.shape, device=q.device)
        pv[(TQ, B * H)](p, v.contiguous(), o, TQ, TK, D, BN=32, BD=triton.next_power_of_2(D))
        return o
