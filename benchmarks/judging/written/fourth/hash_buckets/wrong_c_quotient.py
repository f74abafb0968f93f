"""The page is rounded towards zero: negative ids that are no multiples."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def bucket_kernel(i_ptr, h_ptr, p_ptr, n, buckets: tl.int64, page: tl.int64, BLOCK: tl.constexpr):
    o = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    ok = o < n
    ids = tl.load(i_ptr + o, mask=ok, other=0)
    k = ids * 2654435761 + 12345
    r = k % buckets
    r = tl.where((r != 0) & ((r < 0) != (buckets < 0)), r + buckets, r)
    q = ids // page
    tl.store(h_ptr + o, r, mask=ok)
    tl.store(p_ptr + o, q, mask=ok)


class ModelNew(nn.Module):
    def __init__(self, buckets, page):
        super().__init__()
        if buckets == 0 or page == 0:
            raise ValueError("division by zero")
        self.buckets, self.page = buckets, page

    def forward(self, ids):
        ids = ids.contiguous()
        h, p = torch.empty_like(ids), torch.empty_like(ids)
        n = ids.numel()
        if n:
            bucket_kernel[(triton.cdiv(n, 128),)](ids, h, p, n, self.buckets, self.page, BLOCK=128)
        return h, p
