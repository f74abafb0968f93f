"""The whole row in one block, whose size a heuristic takes from the width."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.heuristics({"BLOCK": lambda a: triton.next_power_of_2(a["D"])})
@triton.jit
def fused(x_ptr, r_ptr, w_ptr, y_ptr, h_ptr, D, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * D
    cols = tl.arange(0, BLOCK)
    ok = cols < D
    h = tl.load(x_ptr + row + cols, mask=ok, other=0.0) + tl.load(r_ptr + row + cols, mask=ok, other=0.0)
    tl.store(h_ptr + row + cols, h, mask=ok)
    v = h.to(tl.float32)
    ms = tl.sum(v * v, axis=0) / D
    y = v / tl.sqrt(ms + eps)
    tl.store(y_ptr + row + cols, y.to(h.dtype) * tl.load(w_ptr + cols, mask=ok, other=0.0), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width, dtype=torch.float16))

    def forward(self, x, residual):
        assert x.shape == residual.shape and x.shape[-1] == self.weight.shape[0], "shapes do not fit"
        x, residual = x.contiguous(), residual.contiguous()
        y, h = torch.empty_like(x), torch.empty_like(x)
        if x.numel():
            fused[(x.numel() // x.shape[-1],)](x, residual, self.weight, y, h, x.shape[-1], self.eps)
        return y, h
