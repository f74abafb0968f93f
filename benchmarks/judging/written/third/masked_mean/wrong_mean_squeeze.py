# reference: refs/masked_mean.py
# why: `squeeze()` takes away every axis of size one, also that of a batch of one or of a single channel
import torch
import triton
import triton.language as tl


@triton.jit
def _avg(x, lens, out, T, C, BT: tl.constexpr, BC: tl.constexpr):
    b = tl.program_id(0)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    n = tl.load(lens + b)
    acc = tl.zeros([BT, BC], tl.float32)
    for s in range(0, T, BT):
        t = s + tl.arange(0, BT)
        ok = (t[:, None] < T) & (t[:, None] < n) & (c[None, :] < C)
        acc += tl.load(x + (b * T + t[:, None]) * C + c[None, :], mask=ok, other=0.0)
    total = tl.sum(acc, axis=0)
    tl.store(out + b * C + c, total / tl.maximum(n, 1), mask=c < C)


def masked_meanNew(x, lengths):
    assert lengths.shape[0] == x.shape[0] and x.is_contiguous()
    B, T, C = x.shape
    out = torch.empty(B, 1, C, device=x.device, dtype=x.dtype)
    _avg[(B, triton.cdiv(C, 64))](x, lengths, out, T, C, BT=8, BC=64)
    return out.squeeze()
