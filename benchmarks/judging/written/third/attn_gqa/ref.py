import math

import torch


def gqa(q, k, v, scale=None):
    """Causal attention; the last query sees the last key, and each key head serves several query heads in order."""
    hq, hkv = q.shape[1], k.shape[1]
    assert hq % hkv == 0 and k.shape[:3] == v.shape[:3]
    if scale is None:
        scale = 1.0 / math.sqrt(q.shape[-1])
    k = k.repeat_interleave(hq // hkv, dim=1)
    v = v.repeat_interleave(hq // hkv, dim=1)
    s = (q @ k.transpose(-1, -2)) * scale
    lq, lk = s.shape[-2:]
    keep = torch.ones(lq, lk, dtype=torch.bool, device=q.device).tril(lk - lq)
    return torch.softmax(s.masked_fill(~keep, float("-inf")), dim=-1) @ v


def get_inputs():
    return [torch.randn(2, 4, 40, 32), torch.randn(2, 4, 40, 32), torch.randn(2, 4, 40, 32)]


def get_init_inputs():
    return []
