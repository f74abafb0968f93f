# reference: refs/lse_pool.py
# why: running maximum over blocks of time, 2-D grid; the mask is optional and a constexpr flag says so
import torch
import triton
import triton.language as tl


@triton.jit
def _rescale(top):
    # a maximum that cannot be subtracted
    return tl.where((top == float("-inf")) | (top == float("inf")), 0.0, top)


@triton.jit
def _lse(x_ptr, mask_ptr, out_ptr, T, C, HAS_MASK: tl.constexpr, BT: tl.constexpr, BC: tl.constexpr):
    b = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    top = tl.full([BC], float("-inf"), tl.float32)
    acc = tl.zeros([BC], tl.float32)
    for t0 in range(0, T, BT):
        t = t0 + tl.arange(0, BT)
        keep = (t[:, None] < T) & (c[None, :] < C)
        if HAS_MASK:
            on = tl.load(mask_ptr + b * T + t, mask=t < T, other=0) != 0
            keep = keep & on[:, None]
        x = tl.load(x_ptr + (b * T + t[:, None]) * C + c[None, :], mask=keep, other=float("-inf")).to(tl.float32)
        new = tl.maximum(top, tl.max(x, axis=0))
        ref = _rescale(new)
        acc = acc * tl.exp(top - ref) + tl.sum(tl.exp(x - ref[None, :]), axis=0)
        top = new
    out = tl.log(acc) + _rescale(top)
    tl.store(out_ptr + b * C + c, out.to(out_ptr.dtype.element_ty), mask=c < C)


def lse_poolNew(x, mask=None):
    assert x.dim() == 3
    x = x.contiguous()
    B, T, C = x.shape
    out = torch.empty(B, C, dtype=x.dtype, device=x.device)
    if mask is not None:
        assert mask.dtype == torch.bool and mask.shape == (B, T), "mask must be a bool of (batch, time)"
        mask = mask.contiguous()
    if out.numel() == 0:
        return out
    BC = 32
    _lse[(B, triton.cdiv(C, BC))](x, x if mask is None else mask, out, T, C, HAS_MASK=mask is not None, BT=16, BC=BC)
    return out
