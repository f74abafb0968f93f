# reference: refs/rmsnorm_res.py
# why: fixed block, two loops over the row, heuristics for the block, strides of rows as arguments
import torch
from torch import nn
import triton
import triton.language as tl


def _block(args):
    return min(512, triton.next_power_of_2(args["N"]))


@triton.heuristics({"BLOCK": _block, "EVEN": lambda a: a["N"] % _block(a) == 0})
@triton.jit
def _add_rms(X, R, W, Y, H, sx, sr, sy, N, eps, BLOCK: tl.constexpr, EVEN: tl.constexpr):
    pid = tl.program_id(0).to(tl.int64)
    X += pid * sx
    R += pid * sr
    Y += pid * sy
    H += pid * sy
    part = tl.zeros([BLOCK], dtype=tl.float32)
    for start in range(0, N, BLOCK):
        k = start + tl.arange(0, BLOCK)
        if EVEN:
            h = tl.load(X + k) + tl.load(R + k)
            tl.store(H + k, h)
        else:
            h = tl.load(X + k, mask=k < N, other=0.0) + tl.load(R + k, mask=k < N, other=0.0)
            tl.store(H + k, h, mask=k < N)
        part += h * h
    scale = tl.rsqrt(tl.sum(part) / N + eps)
    for start in range(0, N, BLOCK):
        k = start + tl.arange(0, BLOCK)
        h = tl.load(X + k, mask=k < N, other=0.0) + tl.load(R + k, mask=k < N, other=0.0)
        w = tl.load(W + k, mask=k < N, other=0.0)
        tl.store(Y + k, h * scale * w, mask=k < N)


class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x, residual):
        if x.shape != residual.shape or x.shape[-1:] != self.weight.shape:
            raise ValueError("shapes of x, residual and weight do not agree")
        if x.dtype != torch.float32 or residual.dtype != torch.float32:
            raise TypeError("float32 only")
        n = x.shape[-1]
        x2 = x.reshape(-1, n)
        r2 = residual.reshape(-1, n)
        if x2.stride(1) != 1:
            x2 = x2.contiguous()
        if r2.stride(1) != 1:
            r2 = r2.contiguous()
        y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
        h = torch.empty(x.shape, dtype=x.dtype, device=x.device)
        if y.numel():
            _add_rms[(x2.shape[0],)](x2, r2, self.weight, y, h, x2.stride(0), r2.stride(0), n, n, self.eps)
        return y, h
