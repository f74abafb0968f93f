# reference: refs/int_bucket.py
# why: `//` of Triton rounds towards zero, so negative positions land in the wrong bucket
import torch
import triton
import triton.language as tl


@triton.jit
def _split(pos, step, bucket, rest, check, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    ok = c < N
    a = tl.load(pos + r * N + c, mask=ok, other=0)
    s = tl.load(step + c, mask=ok, other=1)
    q = a // s
    m = a - q * s
    tl.store(bucket + r * N + c, q, mask=ok)
    tl.store(rest + r * N + c, m, mask=ok)
    tl.store(check + r, tl.sum(tl.where(ok, q * 31 + m, 0), axis=0))


def int_bucketNew(pos, step):
    assert pos.dtype == step.dtype == torch.int64
    assert pos.dim() == 2 and step.shape == (pos.shape[1],)
    pos, step = pos.contiguous(), step.contiguous()
    bucket = torch.empty_like(pos)
    rest = torch.empty_like(pos)
    check = torch.empty(pos.shape[0], dtype=torch.int64, device=pos.device)
    _split[(pos.shape[0],)](pos, step, bucket, rest, check, pos.shape[1], BLOCK=triton.next_power_of_2(pos.shape[1]))
    return bucket, rest, check
