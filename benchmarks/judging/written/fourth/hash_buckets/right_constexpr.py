"""Divisors are constants of the kernel; a program walks over several blocks."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def floor_div(a, B: tl.constexpr):
    q = a // B
    return tl.where(q * B > a, q - 1, q)


@triton.jit
def go(i_ptr, h_ptr, p_ptr, n, N: tl.constexpr, PAGE: tl.constexpr, BLOCK: tl.constexpr):
    for s in range(tl.program_id(0), tl.cdiv(n, BLOCK), tl.num_programs(0)):
        o = s * BLOCK + tl.arange(0, BLOCK)
        ids = tl.load(i_ptr + o, mask=o < n, other=0)
        k = ids * 2654435761 + 12345
        tl.store(h_ptr + o, k - floor_div(k, N) * N, mask=o < n)
        tl.store(p_ptr + o, floor_div(ids, PAGE), mask=o < n)


class ModelNew(nn.Module):
    def __init__(self, buckets, page):
        super().__init__()
        if buckets < 1 or page < 1:
            raise ValueError("positive divisors only")
        self.buckets, self.page = buckets, page

    def forward(self, ids):
        if ids.dtype != torch.int64:
            raise TypeError("int64")
        ids = ids.contiguous()
        h, p = torch.empty_like(ids), torch.empty_like(ids)
        if ids.numel():
            go[(3,)](ids, h, p, ids.numel(), N=self.buckets, PAGE=self.page, BLOCK=64)
        return h, p
