# reference: refs/linear_epi.py
# why: the product stays with the library, which the reference uses too; a kernel does all that follows, in place of the product
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def relu_square_add_(p, skip, n, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    v = tl.load(p + i, mask=i < n, other=0.0)
    v = tl.where(v < 0.0, 0.0, v)
    tl.store(p + i, v * v + tl.load(skip + i, mask=i < n, other=0.0), mask=i < n)


class ModelNew(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.proj = nn.Linear(fan_in, fan_out)

    def forward(self, x, skip):
        product = nn.functional.linear(x, self.proj.weight, self.proj.bias)
        if skip.shape != product.shape or skip.dtype != product.dtype:
            raise ValueError("skip must look like the result")
        skip = skip.contiguous()
        n = product.numel()
        if n > 0:
            relu_square_add_[(triton.cdiv(n, 1024),)](product, skip, n, BLOCK=1024)
        return product
