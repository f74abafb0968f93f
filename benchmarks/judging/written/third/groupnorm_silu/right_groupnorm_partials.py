# reference: refs/groupnorm_silu.py
# why: three small kernels: means and squared deviations of chunks, their combination, then the elementwise part
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def chunk_moments(x, part_mean, part_m2, size, chunks, CHUNK: tl.constexpr):
    group = tl.program_id(0).to(tl.int64)
    ch = tl.program_id(1)
    off = ch * CHUNK + tl.arange(0, CHUNK)
    ok = off < size
    v = tl.load(x + group * size + off, mask=ok, other=0.0)
    n = tl.minimum(size - ch * CHUNK, CHUNK)
    mean = tl.sum(v) / n
    d = tl.where(ok, v - mean, 0.0)
    slip = tl.sum(d) / n
    tl.store(part_mean + group * chunks + ch, mean + slip)
    tl.store(part_m2 + group * chunks + ch, tl.sum(d * d) - slip * slip * n)


@triton.jit
def merge_moments(part_mean, part_m2, mean_out, rstd_out, size, chunks, eps, CHUNK: tl.constexpr, WIDE: tl.constexpr):
    group = tl.program_id(0).to(tl.int64)
    c = tl.arange(0, WIDE)
    ok = c < chunks
    n = tl.where(ok, tl.minimum(size - c * CHUNK, CHUNK), 0).to(tl.float32)
    mu = tl.load(part_mean + group * chunks + c, mask=ok, other=0.0)
    m2 = tl.load(part_m2 + group * chunks + c, mask=ok, other=0.0)
    first = tl.load(part_mean + group * chunks)
    shift = tl.where(ok, mu - first, 0.0)
    mean = tl.sum(n * shift) / size
    away = tl.where(ok, shift - mean, 0.0)
    var = (tl.sum(m2) + tl.sum(n * away * away)) / size
    tl.store(mean_out + group, first + mean)
    tl.store(rstd_out + group, 1.0 / tl.sqrt(var + eps))


@triton.jit
def apply_norm(x, y, mean, rstd, weight, bias, spatial, channels, per_group, total, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    ok = i < total
    plane = i // spatial
    c = plane % channels
    g = plane // per_group
    v = tl.load(x + i, mask=ok, other=0.0)
    v = (v - tl.load(mean + g, mask=ok, other=0.0)) * tl.load(rstd + g, mask=ok, other=0.0)
    v = v * tl.load(weight + c, mask=ok, other=0.0) + tl.load(bias + c, mask=ok, other=0.0)
    tl.store(y + i, v / (1.0 + tl.exp(-v)), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.groups = groups
        self.norm = nn.GroupNorm(groups, channels, eps=1e-5)

    def forward(self, x):
        if x.dim() < 3 or x.dtype != torch.float32:
            raise NotImplementedError("needs (N, C, ...) in float32")
        channels = self.norm.num_channels
        if x.shape[1] != channels:
            raise ValueError(f"expected {channels} channels, got {x.shape[1]}")
        x = x.contiguous()
        y = torch.empty_like(x)
        if x.numel() == 0:
            return y
        n = x.shape[0]
        spatial = x.numel() // (n * channels)
        per_group = channels // self.groups
        size = per_group * spatial
        CHUNK = 256
        chunks = triton.cdiv(size, CHUNK)
        pm = torch.empty(n * self.groups, chunks, device=x.device)
        p2 = torch.empty_like(pm)
        mean = torch.empty(n * self.groups, device=x.device)
        rstd = torch.empty_like(mean)
        chunk_moments[(n * self.groups, chunks)](x, pm, p2, size, chunks, CHUNK=CHUNK)
        merge_moments[(n * self.groups,)](
            pm, p2, mean, rstd, size, chunks, self.norm.eps, CHUNK=CHUNK, WIDE=triton.next_power_of_2(chunks)
        )
        total = x.numel()
        apply_norm[(triton.cdiv(total, 512),)](
            x, y, mean, rstd, self.norm.weight, self.norm.bias, spatial, channels, per_group, total, BLOCK=512
        )
        return y
