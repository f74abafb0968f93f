# reference: refs/mask_count.py
# why: block-wise and/xor of booleans, counts in int64, a second kernel walks down the columns
import torch
import triton
import triton.language as tl


@triton.jit
def _rows(x, mask, lo, hi, inside, count, N, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    total = tl.zeros([BLOCK], tl.int64)
    for s in range(0, N, BLOCK):
        c = s + tl.arange(0, BLOCK)
        ok = c < N
        v = tl.load(x + r * N + c, mask=ok, other=0.0)
        m = tl.load(mask + r * N + c, mask=ok, other=0) != 0
        res = ((v > lo) & (v < hi)) ^ m
        tl.store(inside + r * N + c, res, mask=ok)
        total += (res & ok).to(tl.int64)
    tl.store(count + r, tl.sum(total))


@triton.jit
def _any_down(inside, out, R, N, BLOCK: tl.constexpr):
    c = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    seen = tl.zeros([BLOCK], tl.int32)
    for r in range(R):
        seen = seen | tl.load(inside + r * N + c, mask=c < N, other=0).to(tl.int32)
    tl.store(out + c, seen != 0, mask=c < N)


def bandNew(x, mask, lo=-0.5, hi=0.5):
    if x.dim() != 2 or mask.shape != x.shape or mask.dtype != torch.bool or x.dtype != torch.float32:
        raise ValueError("float32 matrix and a bool mask of its shape")
    x, mask = x.contiguous(), mask.contiguous()
    R, N = x.shape
    inside = torch.empty(R, N, dtype=torch.bool, device=x.device)
    count = torch.empty(R, dtype=torch.int64, device=x.device)
    some = torch.empty(N, dtype=torch.bool, device=x.device)
    if R:
        _rows[(R,)](x, mask, float(lo), float(hi), inside, count, N, BLOCK=64)
    if N:
        _any_down[(triton.cdiv(N, 64),)](inside, some, R, N, BLOCK=64)
    return inside, count, some
