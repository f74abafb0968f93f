# reference: refs/std_mid.py
# why: a reduction over two axes that are not neighbours; two passes with the correction of what the mean slipped
import torch
import triton
import triton.language as tl


@triton.jit
def _std(x, std, mean, A, B, C, D, lose, BLOCK: tl.constexpr):
    a = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1)
    n = B * D
    acc = tl.zeros([BLOCK], tl.float32)
    for s in range(0, n, BLOCK):
        i = s + tl.arange(0, BLOCK)
        acc += tl.load(x + ((a * B + i // D) * C + c) * D + i % D, mask=i < n, other=0.0)
    mu = tl.sum(acc) / n
    one = tl.zeros([BLOCK], tl.float32)
    two = tl.zeros([BLOCK], tl.float32)
    for s in range(0, n, BLOCK):
        i = s + tl.arange(0, BLOCK)
        v = tl.load(x + ((a * B + i // D) * C + c) * D + i % D, mask=i < n, other=0.0)
        d = tl.where(i < n, v - mu, 0.0)
        one += d
        two += d * d
    slip = tl.sum(one)
    m2 = tl.maximum(tl.sum(two) - slip * slip / n, 0.0)
    tl.store(mean + a * C + c, mu + slip / n)
    tl.store(std + a * C + c, tl.sqrt(m2 / tl.maximum(n - lose, 0.0)))


def std_midNew(x, correction=1):
    if x.dim() != 4 or x.dtype != torch.float32:
        raise NotImplementedError("four axes of float32")
    x = x.contiguous()
    A, B, C, D = x.shape
    if x.numel() == 0:
        raise ValueError("nothing to reduce")
    std = torch.empty(A, 1, C, 1, dtype=x.dtype, device=x.device)
    mean = torch.empty(A, C, dtype=x.dtype, device=x.device)
    _std[(A, C)](x, std, mean, A, B, C, D, float(correction), BLOCK=128)
    return std, mean
