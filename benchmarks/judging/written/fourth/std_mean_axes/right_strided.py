"""Reads by the strides of the input; two passes; a tile of the axes that are kept."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def at(i, D, s1, s3):
    return (i // D).to(tl.int64) * s1 + (i % D).to(tl.int64) * s3


@triton.jit
def two_pass(x_ptr, m_ptr, s_ptr, AC, C, n, D, s0, s1, s2, s3, denom, BR: tl.constexpr, BN: tl.constexpr):
    r = tl.program_id(0) * BR + tl.arange(0, BR)
    okr = r < AC
    base = (r // C).to(tl.int64) * s0 + (r % C).to(tl.int64) * s2
    s = tl.zeros([BR], tl.float32)
    for o in range(0, n, BN):
        i = o + tl.arange(0, BN)
        s += tl.sum(tl.load(x_ptr + base[:, None] + at(i, D, s1, s3)[None, :], mask=okr[:, None] & (i < n)[None, :], other=0.0), axis=1)
    mean = s / n
    q = tl.zeros([BR], tl.float32)
    for o in range(0, n, BN):
        i = o + tl.arange(0, BN)
        ok = okr[:, None] & (i < n)[None, :]
        d = tl.load(x_ptr + base[:, None] + at(i, D, s1, s3)[None, :], mask=ok, other=0.0) - mean[:, None]
        d = tl.where(ok, d, 0.0)
        q += tl.sum(d * d, axis=1)
    tl.store(m_ptr + r, mean, mask=okr)
    tl.store(s_ptr + r, tl.sqrt(q / denom), mask=okr)


class ModelNew(nn.Module):
    def __init__(self, correction=1):
        super().__init__()
        self.correction = correction

    def forward(self, x):
        A, B, C, D = x.shape
        n = B * D
        if n - self.correction <= 0:
            raise ValueError("not enough numbers for the correction")
        mean, std = (torch.empty((A, C), dtype=x.dtype, device=x.device) for _ in range(2))
        if A * C > 0:
            two_pass[(triton.cdiv(A * C, 8),)](x, mean, std, A * C, C, n, D, *x.stride(), float(n - self.correction), BR=8, BN=32)
        return mean, std
