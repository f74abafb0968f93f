"""Halves are rounded up, not to even: shows where a number is a half of the scale, as with a largest of 63.5."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def rint(x):
    return tl.floor(x + 0.5)


@triton.jit
def quant_row(x_ptr, q_ptr, s_ptr, D, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    big = tl.zeros([BLOCK], tl.float32)
    for o in range(0, D, BLOCK):
        i = o + tl.arange(0, BLOCK)
        big = tl.maximum(big, tl.abs(tl.load(x_ptr + row * D + i, mask=i < D, other=0.0)))
    scale = tl.div_rn(tl.maximum(tl.max(big, axis=0), 1e-6), 127.0)
    tl.store(s_ptr + row, scale)
    for o in range(0, D, BLOCK):
        i = o + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row * D + i, mask=i < D, other=0.0)
        q = rint(tl.div_rn(x, scale + tl.zeros([BLOCK], tl.float32)))
        q = tl.minimum(tl.maximum(q, -127.0), 127.0)
        tl.store(q_ptr + row * D + i, q.to(tl.int8), mask=i < D)


class ModelNew(nn.Module):
    def forward(self, x):
        if x.dtype != torch.float32 or x.dim() < 1 or x.shape[-1] == 0:
            raise ValueError("float32, at least one column")
        x = x.contiguous()
        q = torch.empty(x.shape, device=x.device, dtype=torch.int8)
        s = torch.empty(x.shape[:-1] + (1,), device=x.device)
        if x.numel():
            quant_row[(s.numel(),)](x, q, s, x.shape[-1], BLOCK=128)
        return q, s
