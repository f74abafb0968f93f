# reference: refs/rmsnorm_res.py
# why: the block is capped at 8192 and there is no loop, so longer rows are normed by their beginning and stay unwritten behind it
import torch
from torch import nn
import triton
import triton.language as tl

MAX_BLOCK = 8192


@triton.jit
def _rms_add(x, r, w, y, h, n, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    k = tl.arange(0, BLOCK)
    m = k < n
    v = tl.load(x + row * n + k, mask=m, other=0.0) + tl.load(r + row * n + k, mask=m, other=0.0)
    tl.store(h + row * n + k, v, mask=m)
    inv = tl.rsqrt(tl.sum(v * v, axis=0) / n + eps)
    tl.store(y + row * n + k, v * inv * tl.load(w + k, mask=m, other=0.0), mask=m)


class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x, residual):
        assert x.shape == residual.shape and x.shape[-1] == self.weight.shape[0]
        x = x.contiguous()
        residual = residual.contiguous()
        y = torch.empty_like(x)
        h = torch.empty_like(x)
        n = x.shape[-1]
        block = min(triton.next_power_of_2(n), MAX_BLOCK)
        warps = 4 if block <= 2048 else 8
        _rms_add[(x.numel() // n,)](x, residual, self.weight, y, h, n, self.eps, BLOCK=block, num_warps=warps)
        return y, h
