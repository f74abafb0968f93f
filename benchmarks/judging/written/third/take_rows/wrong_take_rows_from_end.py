# reference: refs/take_rows.py
# why: an index that counts from the end is treated as out of range and gives a row of zeros
import torch
import triton
import triton.language as tl


@triton.jit
def _gather(x, idx, out, R, W, BLOCK: tl.constexpr):
    p = tl.program_id(0)
    i = tl.load(idx + p)
    c = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = (i >= 0) & (i < R)
    v = tl.load(x + i * W + c, mask=(c < W) & inside, other=0)
    tl.store(out + p * W + c, v, mask=c < W)


def take_rowsNew(x, idx):
    assert idx.dtype == torch.int64 and x.dim() >= 2
    x, idx = x.contiguous(), idx.contiguous()
    out = torch.empty(idx.shape + x.shape[1:], dtype=x.dtype, device=x.device)
    w = x[0].numel()
    if out.numel():
        _gather[(idx.numel(), triton.cdiv(w, 128))](x, idx, out, x.shape[0], w, BLOCK=128)
    return out
