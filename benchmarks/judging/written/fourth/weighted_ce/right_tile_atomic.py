"""Tiles of eight rows and all classes; sums by atomics into a workspace, a small kernel divides."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def tile(x_ptr, t_ptr, w_ptr, ws_ptr, N, C, ignore, R: tl.constexpr, BC: tl.constexpr):
    rows = tl.program_id(0) * R + tl.arange(0, R)
    cols = tl.arange(0, BC)
    okr = rows < N
    t = tl.load(t_ptr + rows, mask=okr, other=0)
    keep = okr & (t != ignore)
    t = tl.where(keep, t, 0)
    x = tl.load(x_ptr + rows[:, None].to(tl.int64) * C + cols[None, :], mask=okr[:, None] & (cols < C)[None, :], other=float("-inf"))
    m = tl.max(x, axis=1)
    m0 = tl.where(m == float("-inf"), 0.0, m)
    lse = tl.log(tl.sum(tl.exp(x - m0[:, None]), axis=1)) + m
    xt = tl.load(x_ptr + rows.to(tl.int64) * C + t, mask=keep, other=0.0)
    w = tl.load(w_ptr + t, mask=keep, other=0.0)
    tl.atomic_add(ws_ptr, tl.sum(tl.where(keep, (lse - xt) * w, 0.0), axis=0))
    tl.atomic_add(ws_ptr + 1, tl.sum(w, axis=0))


@triton.jit
def divide(ws_ptr, out_ptr):
    tl.store(out_ptr, tl.load(ws_ptr) / tl.load(ws_ptr + 1))


class ModelNew(nn.Module):
    def __init__(self, classes, ignore_index=-100):
        super().__init__()
        self.ignore_index = ignore_index
        self.register_buffer("weight", torch.rand(classes) + 0.5)

    def forward(self, logits, target):
        N, C = logits.shape
        if C != len(self.weight) or target.shape != (N,):
            raise ValueError("as many classes as weights, a label a row")
        ws = torch.zeros(2, device=logits.device)
        out = torch.empty((), device=logits.device)
        if N > 0:
            tile[(triton.cdiv(N, 8),)](logits.contiguous(), target.contiguous(), self.weight, ws, N, C, self.ignore_index, R=8, BC=triton.next_power_of_2(C))
        divide[(1,)](ws, out)
        return out
