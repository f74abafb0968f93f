# reference: refs/attn_gqa.py
# why: key j is seen by query i if j <= i, which is another mask as soon as there are more keys than queries
import math

import torch
import triton
import triton.language as tl


@triton.jit
def _attn(q, k, v, o, scale, LQ, LK, D, HQ, HK, BK: tl.constexpr, BD: tl.constexpr):
    i = tl.program_id(0)
    h = tl.program_id(1) % HQ
    b = tl.program_id(1) // HQ
    hk = h // (HQ // HK)
    d = tl.arange(0, BD)
    qv = tl.load(q + ((b * HQ + h) * LQ + i) * D + d, mask=d < D, other=0.0)
    m = float("-inf")
    z = 0.0
    acc = tl.zeros([BD], tl.float32)
    for s in range(0, LK, BK):
        j = s + tl.arange(0, BK)
        ok = (j[:, None] < LK) & (d[None, :] < D)
        kv = tl.load(k + ((b * HK + hk) * LK + j[:, None]) * D + d[None, :], mask=ok, other=0.0)
        vv = tl.load(v + ((b * HK + hk) * LK + j[:, None]) * D + d[None, :], mask=ok, other=0.0)
        sc = tl.sum(kv * qv[None, :], axis=1) * scale
        sc = tl.where((j <= i) & (j < LK), sc, float("-inf"))
        new = tl.maximum(m, tl.max(sc, axis=0))
        p = tl.exp(sc - new)
        f = tl.exp(m - new)
        z = z * f + tl.sum(p, axis=0)
        acc = acc * f + tl.sum(p[:, None] * vv, axis=0)
        m = new
    tl.store(o + ((b * HQ + h) * LQ + i) * D + d, acc / z, mask=d < D)


def gqaNew(q, k, v, scale=None):
    B, HQ, LQ, D = q.shape
    HK, LK = k.shape[1:3]
    assert HQ % HK == 0 and k.shape == v.shape == (B, HK, LK, D)
    if scale is None:
        scale = 1.0 / math.sqrt(D)
    q, k, v = q.contiguous(), k.contiguous(), v.contiguous()
    o = torch.empty_like(q)
    _attn[(LQ, B * HQ)](q, k, v, o, float(scale), LQ, LK, D, HQ, HK, BK=32, BD=triton.next_power_of_2(D))
    return o
