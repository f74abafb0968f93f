"""Largest of each tile into a workspace; the second kernel takes the largest of those."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def partial_amax(x_ptr, ws_ptr, D, P, BLOCK: tl.constexpr):
    row, p = tl.program_id(0).to(tl.int64), tl.program_id(1)
    i = p * BLOCK + tl.arange(0, BLOCK)
    tl.store(ws_ptr + row * P + p, tl.max(tl.abs(tl.load(x_ptr + row * D + i, mask=i < D, other=0.0)), axis=0))


@triton.jit
def apply_scale(x_ptr, ws_ptr, q_ptr, s_ptr, D, P, BLOCK: tl.constexpr, BP: tl.constexpr):
    row, p = tl.program_id(0).to(tl.int64), tl.program_id(1)
    j = tl.arange(0, BP)
    m = tl.max(tl.load(ws_ptr + row * P + j, mask=j < P, other=0.0), axis=0)
    s = tl.div_rn(tl.maximum(m, 1e-6), 127.0)
    if p == 0:
        tl.store(s_ptr + row, s)
    i = p * BLOCK + tl.arange(0, BLOCK)
    v = tl.div_rn(tl.load(x_ptr + row * D + i, mask=i < D, other=0.0), tl.broadcast_to(s, [BLOCK]))
    lo = tl.floor(v)
    f = v - lo
    odd = (lo - 2.0 * tl.floor(lo * 0.5)) != 0.0
    up = (f > 0.5) | ((f == 0.5) & odd)
    r = tl.where(up, lo + 1.0, lo)
    r = tl.clamp(r, -127.0, 127.0)
    tl.store(q_ptr + row * D + i, r.to(tl.int8), mask=i < D)


class ModelNew(nn.Module):
    def forward(self, x):
        rows, D = x.shape
        x = x.contiguous()
        P = triton.cdiv(D, 64)
        ws = torch.empty((rows, P), device=x.device, dtype=torch.float32)
        q = torch.empty((rows, D), device=x.device, dtype=torch.int8)
        s = torch.empty((rows, 1), device=x.device, dtype=torch.float32)
        if rows:
            partial_amax[(rows, P)](x, ws, D, P, BLOCK=64)
            apply_scale[(rows, P)](x, ws, q, s, D, P, BLOCK=64, BP=triton.next_power_of_2(P))
        return q, s
