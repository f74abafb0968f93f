# reference: refs/rmsnorm_res.py
# why: stores the sum over the caller's residual and hands that back, as fused kernels of inference engines do
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _fused_add_rms(x, r, w, y, n, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    acc = tl.zeros([BLOCK], tl.float32)
    for s in range(0, n, BLOCK):
        k = s + tl.arange(0, BLOCK)
        m = k < n
        v = tl.load(x + row * n + k, mask=m, other=0.0) + tl.load(r + row * n + k, mask=m, other=0.0)
        tl.store(r + row * n + k, v, mask=m)
        acc += v * v
    inv = 1.0 / tl.sqrt(tl.sum(acc, axis=0) / n + eps)
    for s in range(0, n, BLOCK):
        k = s + tl.arange(0, BLOCK)
        m = k < n
        v = tl.load(r + row * n + k, mask=m, other=0.0)
        tl.store(y + row * n + k, v * inv * tl.load(w + k, mask=m, other=0.0), mask=m)


class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x, residual):
        assert x.shape == residual.shape and x.shape[-1] == self.weight.shape[0]
        x, residual = x.contiguous(), residual.contiguous()
        y = torch.empty_like(x)
        n = x.shape[-1]
        BLOCK = min(1024, triton.next_power_of_2(n))
        _fused_add_rms[(x.numel() // n,)](x, residual, self.weight, y, n, self.eps, BLOCK=BLOCK)
        return y, residual
