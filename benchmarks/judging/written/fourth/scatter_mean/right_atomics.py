"""A row a program adds to its segment by atomics; a kernel divides."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def scatter(x_ptr, i_ptr, s_ptr, c_ptr, n, D, BD: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    d = tl.program_id(1) * BD + tl.arange(0, BD)
    g = tl.load(i_ptr + r)
    tl.atomic_add(s_ptr + g * D + d, tl.load(x_ptr + r * D + d, mask=d < D, other=0.0), mask=d < D)
    if tl.program_id(1) == 0:
        tl.atomic_add(c_ptr + g, 1)


@triton.jit
def divide(s_ptr, c_ptr, y_ptr, n, D, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    c = tl.load(c_ptr + i // D, mask=i < n, other=1)
    c = tl.where(c < 1, 1, c).to(tl.float32)
    tl.store(y_ptr + i, tl.load(s_ptr + i, mask=i < n, other=0.0) / c, mask=i < n)


class ModelNew(nn.Module):
    def __init__(self, segments):
        super().__init__()
        self.segments = segments

    def forward(self, x, index):
        n, D = x.shape
        if index.shape != (n,):
            raise ValueError("an index for each row")
        s = torch.zeros(self.segments, D, device=x.device)
        c = torch.zeros(self.segments, 1, device=x.device, dtype=torch.int64)
        y = torch.empty_like(s)
        if x.numel():
            scatter[(n, triton.cdiv(D, 16))](x.contiguous(), index.contiguous(), s, c, n, D, BD=16)
        if y.numel():
            divide[(triton.cdiv(y.numel(), 64),)](s, c, y, y.numel(), D, BLOCK=64)
        return y, c
