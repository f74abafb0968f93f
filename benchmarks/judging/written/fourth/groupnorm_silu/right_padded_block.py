"""A group in one padded block, channels by rows; mean over what is there."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def sigmoid(z):
    return 1.0 / (1.0 + tl.exp(-z))


@triton.jit
def gn_tile(x_ptr, w_ptr, b_ptr, y_ptr, G, HW, eps, CG: tl.constexpr, BCG: tl.constexpr, BHW: tl.constexpr):
    n, g = tl.program_id(1), tl.program_id(0)
    c = tl.arange(0, BCG)
    p = tl.arange(0, BHW)
    ok = (c < CG)[:, None] & (p < HW)[None, :]
    at = ((n * G + g).to(tl.int64) * CG + c)[:, None] * HW + p[None, :]
    x = tl.load(x_ptr + at, mask=ok, other=0.0)
    cnt = (CG * HW).to(tl.float32)
    mu = tl.sum(tl.sum(x, axis=1), axis=0) / cnt
    d = tl.where(ok, x - mu, 0.0)
    var = tl.sum(tl.sum(d * d, axis=1), axis=0) / cnt
    w = tl.load(w_ptr + g * CG + c, mask=c < CG, other=0.0)
    b = tl.load(b_ptr + g * CG + c, mask=c < CG, other=0.0)
    z = d * tl.rsqrt(var + eps) * w[:, None] + b[:, None]
    tl.store(y_ptr + at, z * sigmoid(z), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, channels, groups, eps=1e-5):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=eps)

    def forward(self, x):
        m = self.norm
        N, C = x.shape[:2]
        assert C == m.num_channels, "channels"
        x = x.contiguous()
        y = torch.empty_like(x)
        HW = x[0, 0].numel() if x.numel() else 0
        if HW:
            CG = C // m.num_groups
            gn_tile[(m.num_groups, N)](x, m.weight, m.bias, y, m.num_groups, HW, m.eps, CG=CG, BCG=triton.next_power_of_2(CG), BHW=triton.next_power_of_2(HW))
        return y
