# reference: refs/scatter_add.py
# why: one kernel copies the base, the next adds with atomics so that equal indices are fine
import torch
import triton
import triton.language as tl


@triton.jit
def copy_flat(src, dst, n, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    tl.store(dst + i, tl.load(src + i, mask=i < n), mask=i < n)


@triton.jit
def add_rows(dst, index, src, width, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    to = tl.load(index + r).to(tl.int64)
    tl.atomic_add(dst + to * width + c, tl.load(src + r * width + c, mask=c < width, other=0.0), mask=c < width)


def scatter_rowsNew(base, index, src):
    if base.dtype != torch.float32 or src.dtype != torch.float32:
        raise TypeError("atomics here are for float32")
    if index.dim() != 1 or base.dim() < 1 or src.shape != (index.numel(),) + tuple(base.shape[1:]):
        raise ValueError("src must have a row for each index")
    base, index, src = base.contiguous(), index.contiguous(), src.contiguous()
    out = torch.empty_like(base)
    if base.numel() == 0:
        return out
    copy_flat[(triton.cdiv(base.numel(), 256),)](base, out, base.numel(), BLOCK=256)
    width = base.numel() // base.shape[0]
    if index.numel():
        add_rows[(index.numel(), triton.cdiv(width, 128))](out, index, src, width, BLOCK=128)
    return out
