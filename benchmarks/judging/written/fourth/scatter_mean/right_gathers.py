"""A segment a program looks through all indices: no atomics, the same bits each time."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def collect(x_ptr, i_ptr, y_ptr, c_ptr, n, D, BN: tl.constexpr, BD: tl.constexpr):
    g = tl.program_id(0)
    d = tl.arange(0, BD)
    acc = tl.zeros([BD], tl.float32)
    cnt = tl.zeros([BN], tl.int64)
    for o in range(0, n, BN):
        r = o + tl.arange(0, BN)
        mine = tl.load(i_ptr + r, mask=r < n, other=-1) == g
        acc += tl.sum(tl.load(x_ptr + r[:, None].to(tl.int64) * D + d[None, :], mask=mine[:, None] & (d < D)[None, :], other=0.0), axis=0)
        cnt += mine.to(tl.int64)
    k = tl.sum(cnt, axis=0)
    tl.store(c_ptr + g, k)
    tl.store(y_ptr + g.to(tl.int64) * D + d, acc / tl.maximum(k, 1).to(tl.float32), mask=d < D)


class ModelNew(nn.Module):
    def __init__(self, segments):
        super().__init__()
        self.segments = segments

    def forward(self, x, index):
        n, D = x.shape
        assert index.shape == (n,)
        y = torch.empty(self.segments, D, device=x.device)
        c = torch.empty(self.segments, 1, device=x.device, dtype=torch.int64)
        if self.segments:
            collect[(self.segments,)](x.contiguous(), index.contiguous(), y, c, n, D, BN=16, BD=triton.next_power_of_2(max(D, 1)))
        return y, c
