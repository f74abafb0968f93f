# reference: refs/affine_grad.py
# why: the gradient that comes back is read as if it were contiguous; that of .sum() is expanded, with strides of zero
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _tanh(z):
    a = tl.abs(z)
    e = tl.exp(-2.0 * a)
    far = (1.0 - e) / (1.0 + e)
    s = a * a
    near = a * (1.0 + s * (-0.3333333333 + s * (0.1333333333 + s * (-0.05396825397 + s * (0.02186948854 - s * 0.008863235530)))))
    r = tl.where(a < 0.3, near, far)
    return tl.where(z < 0, -r, r)


@triton.jit
def _fwd(x, w, b, y, C, total, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    ok = i < total
    c = i % C
    z = tl.load(x + i, mask=ok, other=0.0) * tl.load(w + c, mask=ok, other=0.0) + tl.load(b + c, mask=ok, other=0.0)
    tl.store(y + i, _tanh(z), mask=ok)


@triton.jit
def _bwd(g, x, y, w, dx, pw, pb, R, C, BR: tl.constexpr, BC: tl.constexpr):
    p = tl.program_id(0)
    r = (p * BR + tl.arange(0, BR)).to(tl.int64)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    ok = (r[:, None] < R) & (c[None, :] < C)
    at = r[:, None] * C + c[None, :]
    yv = tl.load(y + at, mask=ok, other=0.0)
    dz = tl.load(g + at, mask=ok, other=0.0) * (1.0 - yv * yv)
    wv = tl.load(w + c, mask=c < C, other=0.0)
    tl.store(dx + at, dz * wv[None, :], mask=ok)
    tl.store(pw + p * C + c, tl.sum(dz * tl.load(x + at, mask=ok, other=0.0), axis=0), mask=c < C)
    tl.store(pb + p * C + c, tl.sum(dz, axis=0), mask=c < C)


@triton.jit
def _sum_parts(pw, pb, dw, db, parts, C, BC: tl.constexpr):
    c = tl.program_id(0) * BC + tl.arange(0, BC)
    sw = tl.zeros([BC], tl.float32)
    sb = tl.zeros([BC], tl.float32)
    for p in range(parts):
        sw += tl.load(pw + p * C + c, mask=c < C, other=0.0)
        sb += tl.load(pb + p * C + c, mask=c < C, other=0.0)
    tl.store(dw + c, sw, mask=c < C)
    tl.store(db + c, sb, mask=c < C)


class _ScaleShiftTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        x = x.contiguous()
        y = torch.empty_like(x)
        if x.numel():
            _fwd[(triton.cdiv(x.numel(), 256),)](x, w, b, y, w.numel(), x.numel(), BLOCK=256)
        ctx.save_for_backward(x, w, y)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, w, y = ctx.saved_tensors
        C = w.numel()
        R = x.numel() // C
        dx = torch.empty_like(x)
        dw, db = torch.empty_like(w), torch.empty_like(w)
        parts = triton.cdiv(R, 16)
        pw = torch.empty(parts, C, device=x.device)
        pb = torch.empty(parts, C, device=x.device)
        if R:
            _bwd[(parts, triton.cdiv(C, 32))](grad, x, y, w, dx, pw, pb, R, C, BR=16, BC=32)
        _sum_parts[(triton.cdiv(C, 32),)](pw, pb, dw, db, parts, C, BC=32)
        return dx, dw, db


class ModelNew(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.w = nn.Parameter(torch.randn(channels))
        self.b = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        if x.shape[-1] != self.w.numel() or x.dtype != torch.float32:
            raise ValueError("float32 with as many channels as the weight")
        return _ScaleShiftTanh.apply(x, self.w, self.b)
