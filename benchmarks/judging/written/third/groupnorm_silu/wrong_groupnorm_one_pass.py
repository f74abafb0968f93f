# reference: refs/groupnorm_silu.py
# why: variance as E[x^2] - E[x]^2 in float32, which is noise where the mean is large
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _gn_silu(x, y, w, b, channels, groups, spatial, eps, BLOCK: tl.constexpr):
    pid = tl.program_id(0)
    g = pid % groups
    per = channels // groups
    size = per * spatial
    s1 = tl.zeros([BLOCK], tl.float32)
    s2 = tl.zeros([BLOCK], tl.float32)
    for s in range(0, size, BLOCK):
        k = s + tl.arange(0, BLOCK)
        v = tl.load(x + pid * size + k, mask=k < size, other=0.0)
        s1 += v
        s2 += v * v
    mean = tl.sum(s1, axis=0) / size
    var = tl.maximum(tl.sum(s2, axis=0) / size - mean * mean, 0.0)
    inv = tl.rsqrt(var + eps)
    for s in range(0, size, BLOCK):
        k = s + tl.arange(0, BLOCK)
        c = g * per + k // spatial
        v = tl.load(x + pid * size + k, mask=k < size, other=0.0)
        v = (v - mean) * inv * tl.load(w + c, mask=k < size, other=0.0) + tl.load(b + c, mask=k < size, other=0.0)
        tl.store(y + pid * size + k, v * tl.sigmoid(v), mask=k < size)


class ModelNew(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-5)

    def forward(self, x):
        x = x.contiguous()
        n, c = x.shape[:2]
        assert c == self.norm.num_channels
        y = torch.empty_like(x)
        g = self.norm.num_groups
        _gn_silu[(n * g,)](
            x, y, self.norm.weight, self.norm.bias, c, g, x.numel() // (n * c), self.norm.eps, BLOCK=256
        )
        return y
