# reference: refs/linear_scan.py
# why: one program walks through time with its state in registers; the first state is optional
import torch
import triton
import triton.language as tl


@triton.jit
def _walk(a, b, h0, out, T, C, START: tl.constexpr, BLOCK: tl.constexpr):
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    ok = c < C
    if START:
        h = tl.load(h0 + n * C + c, mask=ok, other=0.0)
    else:
        h = tl.zeros([BLOCK], tl.float32)
    for t in range(T):
        at = (n * T + t) * C + c
        h = tl.load(a + at, mask=ok, other=0.0) * h + tl.load(b + at, mask=ok, other=0.0)
        tl.store(out + at, h, mask=ok)


def linear_scanNew(a, b, h0=None):
    if a.dim() != 3 or a.shape != b.shape or a.dtype != torch.float32 or b.dtype != torch.float32:
        raise ValueError("a and b: float32 of (batch, time, channels)")
    n, t, c = a.shape
    if t == 0:
        raise ValueError("no steps")
    if h0 is not None:
        if h0.shape != (n, c) or h0.dtype != torch.float32:
            raise ValueError("h0: float32 of (batch, channels)")
        h0 = h0.contiguous()
    a, b = a.contiguous(), b.contiguous()
    out = torch.empty_like(b)
    if out.numel():
        _walk[(n, triton.cdiv(c, 32))](a, b, b if h0 is None else h0, out, t, c, START=h0 is not None, BLOCK=32)
    return out
