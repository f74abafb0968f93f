# reference: refs/rope.py
# why: the offset is checked but never given to the kernel; every sequence starts at position zero
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _apply_rope(x, cos, sin, y, T, half, BT: tl.constexpr, BH: tl.constexpr):
    seq = tl.program_id(0).to(tl.int64)
    t = tl.program_id(1) * BT + tl.arange(0, BT)
    f = tl.arange(0, BH)
    ok = (t[:, None] < T) & (f[None, :] < half)
    at = (seq * T + t[:, None]) * (2 * half) + f[None, :]
    a = tl.load(x + at, mask=ok, other=0.0)
    b = tl.load(x + at + half, mask=ok, other=0.0)
    tab = t[:, None] * half + f[None, :]
    c = tl.load(cos + tab, mask=ok, other=0.0)
    s = tl.load(sin + tab, mask=ok, other=0.0)
    tl.store(y + at, a * c - b * s, mask=ok)
    tl.store(y + at + half, b * c + a * s, mask=ok)


class ModelNew(nn.Module):
    def __init__(self, dim, max_len=64, base=10000.0):
        super().__init__()
        inv = base ** (-torch.arange(0, dim, 2).float() / dim)
        angle = torch.outer(torch.arange(max_len).float(), inv)
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())

    def forward(self, x, offset: int = 0):
        half = self.cos.shape[1]
        if x.dim() < 2 or x.shape[-1] != 2 * half:
            raise ValueError(f"the last axis must be {2 * half} wide")
        t = x.shape[-2]
        if offset < 0 or offset + t > self.cos.shape[0]:
            raise ValueError("beyond the tables")
        if x.dtype != torch.float32:
            raise TypeError("float32 only")
        x = x.contiguous()
        y = torch.empty_like(x)
        if x.numel():
            _apply_rope[(x.numel() // (t * 2 * half), triton.cdiv(t, 16))](
                x, self.cos.contiguous(), self.sin.contiguous(), y, t, half, BT=16, BH=triton.next_power_of_2(half)
            )
        return y
