"""Mean, variance and result in three passes, a group a program."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def gn_silu(x_ptr, w_ptr, b_ptr, y_ptr, G, CG, HW, eps, BLOCK: tl.constexpr):
    pid = tl.program_id(0).to(tl.int64)
    g = pid % G
    n = CG * HW
    base = pid * n
    s = tl.zeros([BLOCK], tl.float32)
    for o in range(0, n, BLOCK):
        i = o + tl.arange(0, BLOCK)
        s += tl.load(x_ptr + base + i, mask=i < n, other=0.0)
    mean = tl.sum(s, axis=0) / n
    q = tl.zeros([BLOCK], tl.float32)
    for o in range(0, n, BLOCK):
        i = o + tl.arange(0, BLOCK)
        d = tl.where(i < n, tl.load(x_ptr + base + i, mask=i < n, other=0.0) - mean, 0.0)
        q += d * d
    var = tl.sum(q, axis=0) / n
    rstd = 1.0 / tl.sqrt(var + eps)
    for o in range(0, n, BLOCK):
        i = o + tl.arange(0, BLOCK)
        ok = i < n
        ch = g * CG + i // HW
        w = tl.load(w_ptr + ch, mask=ok, other=0.0)
        b = tl.load(b_ptr + ch, mask=ok, other=0.0)
        z = (tl.load(x_ptr + base + i, mask=ok, other=0.0) - mean) * rstd * w + b
        tl.store(y_ptr + base + i, z / (1.0 + tl.exp(-z)), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, channels, groups, eps=1e-5):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=eps)

    def forward(self, x):
        C, G = self.norm.num_channels, self.norm.num_groups
        if x.dim() < 3 or x.shape[1] != C:
            raise ValueError("(N, C, ...) with the channels of the norm")
        x = x.contiguous()
        y = torch.empty_like(x)
        N = x.shape[0]
        if x.numel():
            HW = x.numel() // (N * C)
            gn_silu[(N * G,)](x, self.norm.weight, self.norm.bias, y, G, C // G, HW, self.norm.eps, BLOCK=128)
        return y
