# reference: refs/quant_rows.py
# why: correctly rounded divisions, ties to even by the magic number, long rows in blocks
import torch
import triton
import triton.language as tl


@triton.jit
def _to_even(v):
    big = 12582912.0
    return (v + big) - big


@triton.jit
def _quant(x, q, scale, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    top = tl.zeros([BLOCK], tl.float32)
    for s in range(0, N, BLOCK):
        k = s + tl.arange(0, BLOCK)
        top = tl.maximum(top, tl.abs(tl.load(x + row * N + k, mask=k < N, other=0.0)))
    amax = tl.maximum(tl.max(top, axis=0), 1e-6)
    sc = tl.div_rn(amax, 127.0)
    tl.store(scale + row, sc)
    for s in range(0, N, BLOCK):
        k = s + tl.arange(0, BLOCK)
        v = tl.load(x + row * N + k, mask=k < N, other=0.0)
        r = _to_even(tl.div_rn(v, sc + tl.zeros([BLOCK], tl.float32)))
        r = tl.minimum(tl.maximum(r, -127.0), 127.0)
        tl.store(q + row * N + k, r.to(tl.int32).to(tl.int8), mask=k < N)


def quant_rowsNew(x):
    if x.dtype != torch.float32 or x.dim() < 1:
        raise TypeError("float32 with at least one axis")
    n = x.shape[-1]
    if n == 0:
        raise ValueError("rows must not be empty")
    x = x.contiguous()
    q = torch.empty(x.shape, dtype=torch.int8, device=x.device)
    scale = torch.empty(*x.shape[:-1], 1, dtype=torch.float32, device=x.device)
    if x.numel():
        _quant[(scale.numel(),)](x, q, scale, n, BLOCK=256)
    return q, scale
