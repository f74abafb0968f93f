"""Sum of squares of each row, with what people write around a kernel that is meant for a GPU."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def sum_of_squares_kernel(x_ptr, out_ptr, stride, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(axis=0).to(tl.int64)
    cols = tl.max_contiguous(tl.multiple_of(tl.arange(0, BLOCK), BLOCK), BLOCK)
    x = tl.load(x_ptr + row * stride + cols, mask=cols < n_cols, other=0.0, eviction_policy="evict_first")
    tl.store(out_ptr + row, tl.sum(x * x), cache_modifier=".cg")


def sum_of_squares(x: torch.Tensor) -> torch.Tensor:
    assert x.is_cuda, "this kernel runs on a GPU"
    assert x.is_contiguous()
    n_rows, n_cols = x.shape
    out = torch.empty(n_rows, device="cuda", dtype=x.dtype)
    block = triton.next_power_of_2(n_cols)
    with torch.cuda.device(x.device):
        sum_of_squares_kernel[(n_rows,)](
            x, out, x.stride(0), n_cols, BLOCK=block, num_warps=min(8, max(1, block // 32))
        )
    return out


class ModelNew(nn.Module):
    def forward(self, x):
        x = x.cuda() if not x.is_cuda else x
        return sum_of_squares(x)
