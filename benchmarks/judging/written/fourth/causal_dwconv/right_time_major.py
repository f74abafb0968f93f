"""Tiles of channels by steps; as many taps as given unrolled, more than 16 refused."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def dw_tile(x_ptr, w_ptr, b_ptr, y_ptr, C, T, DIL: tl.constexpr, K: tl.constexpr, BIAS: tl.constexpr, BC: tl.constexpr, BT: tl.constexpr):
    n = tl.program_id(2).to(tl.int64)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    t = tl.program_id(0) * BT + tl.arange(0, BT)
    okc = c < C
    row = (n * C + c)[:, None] * T
    acc = tl.zeros((BC, BT), dtype=tl.float32)
    if BIAS:
        acc += tl.load(b_ptr + c, mask=okc, other=0.0)[:, None]
    for k in tl.static_range(K):
        s = t - k * DIL
        x = tl.load(x_ptr + row + s[None, :], mask=okc[:, None] & ((s >= 0) & (s < T))[None, :], other=0.0)
        acc += x * tl.load(w_ptr + c * K + (K - 1 - k), mask=okc, other=0.0)[:, None]
    tl.store(y_ptr + row + t[None, :], acc, mask=okc[:, None] & (t < T)[None, :])


class ModelNew(nn.Module):
    def __init__(self, channels, taps, dilation=1, bias=True):
        super().__init__()
        if taps > 16:
            raise NotImplementedError("at most 16 taps")
        self.dilation, self.taps = dilation, taps
        self.weight = nn.Parameter(torch.randn(channels, 1, taps) * 0.5)
        self.bias = nn.Parameter(torch.randn(channels)) if bias else None

    def forward(self, x):
        B, C, T = x.shape
        assert C == self.weight.shape[0]
        y = torch.empty((B, C, T), device=x.device, dtype=x.dtype)
        if y.numel():
            dw_tile[(triton.cdiv(T, 32), triton.cdiv(C, 4), B)](x.contiguous(), self.weight, self.bias, y, C, T, DIL=self.dilation, K=self.taps, BIAS=self.bias is not None, BC=4, BT=32)
        return y
