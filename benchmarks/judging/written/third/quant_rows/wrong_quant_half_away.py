# reference: refs/quant_rows.py
# why: rounds halves away from zero, where torch takes the even neighbour
import torch
import triton
import triton.language as tl


@triton.jit
def _q(x, q, s, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    v = tl.load(x + r * N + c, mask=c < N, other=0.0)
    amax = tl.maximum(tl.max(tl.abs(v), axis=0), 1e-6)
    scale = tl.div_rn(amax, 127.0)
    u = tl.div_rn(v, tl.full([BLOCK], 0.0, tl.float32) + scale)
    u = tl.where(u >= 0, tl.floor(u + 0.5), tl.ceil(u - 0.5))
    u = tl.minimum(tl.maximum(u, -127.0), 127.0)
    tl.store(q + r * N + c, u.to(tl.int8), mask=c < N)
    tl.store(s + r, scale)


def quant_rowsNew(x):
    assert x.dtype == torch.float32
    x = x.contiguous()
    n = x.shape[-1]
    q = torch.empty(x.shape, device=x.device, dtype=torch.int8)
    s = torch.empty(x.shape[:-1] + (1,), device=x.device)
    _q[(x.numel() // n,)](x, q, s, n, BLOCK=triton.next_power_of_2(n))
    return q, s
