# reference: refs/int_bucket.py
# why: floor division put together from the truncating one by hand, signs of both operands minded
import torch
import triton
import triton.language as tl


@triton.jit
def _floor_divide(a, b):
    q = a // b
    r = a - q * b
    off = (r != 0) & ((r < 0) != (b < 0))
    return tl.where(off, q - 1, q), tl.where(off, r + b, r)


@triton.jit
def _bucket(pos, step, bucket, rest, check, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    sums = tl.zeros([BLOCK], tl.int64)
    for s in range(0, N, BLOCK):
        c = s + tl.arange(0, BLOCK)
        a = tl.load(pos + row * N + c, mask=c < N, other=0)
        b = tl.load(step + c, mask=c < N, other=1)
        q, r = _floor_divide(a, b)
        tl.store(bucket + row * N + c, q, mask=c < N)
        tl.store(rest + row * N + c, r, mask=c < N)
        sums += tl.where(c < N, q * 31 + r, 0)
    tl.store(check + row, tl.sum(sums))


def int_bucketNew(pos, step):
    if pos.dtype != torch.int64 or step.dtype != torch.int64:
        raise TypeError("int64 only")
    if pos.dim() != 2 or step.dim() != 1 or step.shape[0] != pos.shape[1]:
        raise ValueError("a step for each column")
    pos, step = pos.contiguous(), step.contiguous()
    bucket, rest = torch.empty_like(pos), torch.empty_like(pos)
    check = torch.empty(pos.shape[0], dtype=torch.int64, device=pos.device)
    if pos.shape[0]:
        _bucket[(pos.shape[0],)](pos, step, bucket, rest, check, pos.shape[1], BLOCK=32)
    return bucket, rest, check
