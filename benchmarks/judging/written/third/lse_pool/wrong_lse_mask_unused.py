# reference: refs/lse_pool.py
# why: takes the optional mask and never looks at it
import torch
import triton
import triton.language as tl


@triton.jit
def _lse_cols(x, out, T, C, BT: tl.constexpr, BC: tl.constexpr):
    b = tl.program_id(1)
    c = tl.program_id(0) * BC + tl.arange(0, BC)
    t = tl.arange(0, BT)
    ok = (t[:, None] < T) & (c[None, :] < C)
    v = tl.load(x + (b * T + t[:, None]) * C + c[None, :], mask=ok, other=float("-inf"))
    top = tl.max(v, axis=0)
    top = tl.where(tl.abs(top) == float("inf"), 0.0, top)
    s = tl.sum(tl.exp(v - top[None, :]), axis=0)
    tl.store(out + b * C + c, tl.log(s) + top, mask=c < C)


def lse_poolNew(x, mask=None):
    B, T, C = x.shape
    x = x.contiguous()
    out = torch.empty((B, C), device=x.device, dtype=x.dtype)
    _lse_cols[(triton.cdiv(C, 16), B)](x, out, T, C, BT=triton.next_power_of_2(T), BC=16)
    return out
