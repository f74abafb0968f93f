# reference: refs/attn_gqa.py
# why: flash attention in blocks, bottom-right causal mask, query heads of a group share a key head, strides of all tensors
import math

import torch
import triton
import triton.language as tl


@triton.jit
def _flash(
    Q, K, V, O, scale, Lq, Lk, D, DV, heads, share,
    q0, q1, q2, q3, k0, k1, k2, k3, v0, v1, v2, v3,
    BM: tl.constexpr, BN: tl.constexpr, BD: tl.constexpr, BV: tl.constexpr,
):
    bh = tl.program_id(1)
    b = (bh // heads).to(tl.int64)
    h = (bh % heads).to(tl.int64)
    Q += b * q0 + h * q1
    K += b * k0 + (h // share) * k1
    V += b * v0 + (h // share) * v1
    i = tl.program_id(0) * BM + tl.arange(0, BM)
    d = tl.arange(0, BD)
    e = tl.arange(0, BV)
    q = tl.load(Q + i[:, None] * q2 + d[None, :] * q3, mask=(i[:, None] < Lq) & (d[None, :] < D), other=0.0)
    best = tl.full([BM], float("-inf"), tl.float32)
    norm = tl.zeros([BM], tl.float32)
    acc = tl.zeros([BM, BV], tl.float32)
    shift = Lk - Lq
    stop = tl.minimum(Lk, (tl.program_id(0) + 1) * BM + shift)
    for start in range(0, stop, BN):
        j = start + tl.arange(0, BN)
        k = tl.load(K + j[None, :] * k2 + d[:, None] * k3, mask=(j[None, :] < Lk) & (d[:, None] < D), other=0.0)
        s = tl.dot(q, k, input_precision="ieee") * scale
        s = tl.where((j[None, :] <= i[:, None] + shift) & (j[None, :] < Lk), s, float("-inf"))
        new = tl.maximum(best, tl.max(s, axis=1))
        safe = tl.where(new == float("-inf"), 0.0, new)
        fade = tl.exp(best - safe)
        p = tl.exp(s - safe[:, None])
        v = tl.load(V + j[:, None] * v2 + e[None, :] * v3, mask=(j[:, None] < Lk) & (e[None, :] < DV), other=0.0)
        norm = norm * fade + tl.sum(p, axis=1)
        acc = acc * fade[:, None] + tl.dot(p, v, input_precision="ieee")
        best = new
    acc = acc / norm[:, None]
    base = (tl.program_id(1).to(tl.int64) * Lq + i[:, None]) * DV
    tl.store(O + base + e[None, :], acc, mask=(i[:, None] < Lq) & (e[None, :] < DV))


def gqaNew(q, k, v, scale=None):
    B, HQ, LQ, D = q.shape
    HK, LK = k.shape[1], k.shape[2]
    if k.shape != (B, HK, LK, D) or v.shape[:3] != (B, HK, LK) or HQ % HK:
        raise ValueError("q, k and v do not fit")
    if not (q.dtype == k.dtype == v.dtype == torch.float32):
        raise TypeError("float32 only")
    DV = v.shape[3]
    if max(D, DV) > 256:
        raise NotImplementedError("heads wider than 256")
    scale = 1.0 / math.sqrt(D) if scale is None else float(scale)
    out = torch.empty(B, HQ, LQ, DV, dtype=q.dtype, device=q.device)
    if out.numel() == 0:
        return out
    _flash[(triton.cdiv(LQ, 16), B * HQ)](
        q, k, v, out, scale, LQ, LK, D, DV, HQ, HQ // HK, *q.stride(), *k.stride(), *v.stride(),
        BM=16, BN=16, BD=max(16, triton.next_power_of_2(D)), BV=max(16, triton.next_power_of_2(DV)), num_warps=4,
    )
    return out
