"""A row a program, two passes of blocks; the sum is rounded to half as eager does it."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def add_rms_kernel(x_ptr, r_ptr, w_ptr, y_ptr, h_ptr, D, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    acc = tl.zeros([BLOCK], dtype=tl.float32)
    for start in range(0, D, BLOCK):
        cols = start + tl.arange(0, BLOCK)
        ok = cols < D
        x = tl.load(x_ptr + row * D + cols, mask=ok, other=0.0)
        r = tl.load(r_ptr + row * D + cols, mask=ok, other=0.0)
        h = x + r
        tl.store(h_ptr + row * D + cols, h, mask=ok)
        v = h.to(tl.float32)
        acc += v * v
    scale = tl.rsqrt(tl.sum(acc, axis=0) / D + eps)
    for start in range(0, D, BLOCK):
        cols = start + tl.arange(0, BLOCK)
        ok = cols < D
        x = tl.load(x_ptr + row * D + cols, mask=ok, other=0.0)
        r = tl.load(r_ptr + row * D + cols, mask=ok, other=0.0)
        v = (x + r).to(tl.float32) * scale
        w = tl.load(w_ptr + cols, mask=ok, other=0.0)
        tl.store(y_ptr + row * D + cols, v.to(tl.float16) * w, mask=ok)


class ModelNew(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width, dtype=torch.float16))

    def forward(self, x, residual):
        D = x.shape[-1]
        if D != self.weight.numel() or residual.shape != x.shape or x.dtype != torch.float16:
            raise ValueError("expects two half tensors of one shape, as wide as the weight")
        x, residual = x.contiguous(), residual.contiguous()
        y, h = torch.empty_like(x), torch.empty_like(x)
        rows = x.numel() // max(D, 1)
        if x.numel() > 0:
            add_rms_kernel[(rows,)](x, residual, self.weight, y, h, D, self.eps, BLOCK=128)
        return y, h
