# reference: refs/res_block.py
# why: products by the library as in the reference; norm, activation and the sum are kernels, the last two in place
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _layer_norm(x, y, w, b, D, eps, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    c = tl.arange(0, BLOCK)
    ok = c < D
    v = tl.load(x + r * D + c, mask=ok, other=0.0)
    mean = tl.sum(v, axis=0) / D
    d = tl.where(ok, v - mean, 0.0)
    d = tl.where(ok, d - tl.sum(d, axis=0) / D, 0.0)
    inv = 1.0 / tl.sqrt(tl.sum(d * d, axis=0) / D + eps)
    out = d * inv * tl.load(w + c, mask=ok, other=0.0) + tl.load(b + c, mask=ok, other=0.0)
    tl.store(y + r * D + c, out, mask=ok)


@triton.jit
def _gelu_(p, n, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    v = tl.load(p + i, mask=i < n, other=0.0)
    tl.store(p + i, v * 0.5 * (1.0 + tl.erf(v * 0.7071067811865475)), mask=i < n)


@triton.jit
def _add_(p, x, n, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    tl.store(p + i, tl.load(p + i, mask=i < n, other=0.0) + tl.load(x + i, mask=i < n, other=0.0), mask=i < n)


class ModelNew(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)

    def forward(self, x):
        d = self.norm.weight.numel()
        if x.shape[-1] != d or x.dtype != torch.float32:
            raise ValueError(f"float32 with a last axis of {d}")
        x = x.contiguous()
        if x.numel() == 0:
            return torch.empty_like(x)
        flat = x.view(-1, d)
        z = torch.empty_like(flat)
        _layer_norm[(flat.shape[0],)](flat, z, self.norm.weight, self.norm.bias, d, self.norm.eps, BLOCK=triton.next_power_of_2(d))
        u = nn.functional.linear(z, self.up.weight, self.up.bias)
        _gelu_[(triton.cdiv(u.numel(), 512),)](u, u.numel(), BLOCK=512)
        y = nn.functional.linear(u, self.down.weight, self.down.bias)
        _add_[(triton.cdiv(y.numel(), 512),)](y, flat, y.numel(), BLOCK=512)
        return y.view(x.shape)
