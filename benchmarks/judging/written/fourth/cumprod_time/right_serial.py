"""One thread a column walks through time."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def walk(x_ptr, y_ptr, n, T, C, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    ok = i < n
    base = (i // C).to(tl.int64) * T * C + i % C
    p = tl.full((BLOCK,), 1.0, tl.float32)
    for t in range(T):
        p *= tl.load(x_ptr + base + t * C, mask=ok, other=1.0)
        tl.store(y_ptr + base + t * C, p, mask=ok)


class ModelNew(nn.Module):
    def forward(self, x):
        if x.dim() != 3 or x.dtype is not torch.float32:
            raise TypeError("three axes of float32")
        x = x.contiguous()
        y = torch.empty(x.shape, device=x.device, dtype=x.dtype)
        n = x.shape[0] * x.shape[2]
        if x.numel():
            walk[lambda meta: (triton.cdiv(n, meta["BLOCK"]),)](x, y, n, x.shape[1], x.shape[2], BLOCK=64)
        return y
