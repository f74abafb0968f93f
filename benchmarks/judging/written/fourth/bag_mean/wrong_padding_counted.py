"""Padding is not added but counted in the mean."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def bag(i_ptr, o_ptr, w_ptr, y_ptr, NI, NB, D, pad, BD: tl.constexpr):
    g = tl.program_id(0)
    d = tl.program_id(1) * BD + tl.arange(0, BD)
    start = tl.load(o_ptr + g)
    stop = tl.load(o_ptr + g + 1, mask=g + 1 < NB, other=0)
    stop = tl.where(g + 1 < NB, stop, NI)
    acc = tl.zeros([BD], tl.float32)
    cnt = 0
    for p in range(start, stop):
        r = tl.load(i_ptr + p)
        counts = r != pad
        acc += tl.load(w_ptr + r * D + d, mask=(d < D) & counts, other=0.0)
        cnt += 1
    tl.store(y_ptr + g.to(tl.int64) * D + d, acc / tl.maximum(cnt, 1).to(tl.float32), mask=d < D)


class ModelNew(nn.Module):
    def __init__(self, rows, width, padding_idx=0):
        super().__init__()
        self.padding_idx = padding_idx if padding_idx is None or padding_idx >= 0 else rows + padding_idx
        self.weight = nn.Parameter(torch.randn(rows, width))

    def forward(self, ids, offsets):
        if ids.dim() != 1 or offsets.dim() != 1:
            raise ValueError("ids and offsets have one axis")
        NB, D = offsets.shape[0], self.weight.shape[1]
        y = torch.empty(NB, D, device=ids.device)
        pad = -1 if self.padding_idx is None else self.padding_idx
        if NB:
            bag[(NB, triton.cdiv(D, 32))](ids.contiguous(), offsets.contiguous(), self.weight, y, ids.shape[0], NB, D, pad, BD=32)
        return y
