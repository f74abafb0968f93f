# reference: refs/argmax_top.py
# why: blocks of a row, the first of equal values wins inside of a block and between blocks
import torch
import triton
import triton.language as tl


@triton.jit
def _top(x, value, index, N, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    best = tl.load(x + row * N).to(tl.float32)
    at = tl.full([], 0, tl.int32)
    for s in range(0, N, BLOCK):
        c = s + tl.arange(0, BLOCK)
        v = tl.load(x + row * N + c, mask=c < N, other=float("-inf")).to(tl.float32)
        m, k = tl.max(v, axis=0, return_indices=True, return_indices_tie_break_left=True)
        better = m > best
        at = tl.where(better, s + k, at)
        best = tl.where(better, m, best)
    tl.store(value + row, best.to(value.dtype.element_ty))
    tl.store(index + row, at.to(tl.int64))


def top_oneNew(x):
    if x.dim() < 1 or x.shape[-1] == 0:
        raise ValueError("an axis to search, please")
    if x.dtype not in (torch.float32, torch.float16, torch.bfloat16):
        raise TypeError("floating-point numbers up to 32 bits")
    x = x.contiguous()
    value = torch.empty(x.shape[:-1], dtype=x.dtype, device=x.device)
    index = torch.empty(x.shape[:-1], dtype=torch.int64, device=x.device)
    if value.numel():
        _top[(value.numel(),)](x, value, index, x.shape[-1], BLOCK=32)
    return value, index
