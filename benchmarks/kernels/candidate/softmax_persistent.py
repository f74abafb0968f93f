"""Softmax by a few programs, each of which takes every fourth row, or whatever their number is."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def softmax_persistent_kernel(x_ptr, out_ptr, x_stride, out_stride, n_rows, n_cols, BLOCK: tl.constexpr):
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    for row in tl.range(tl.program_id(0), n_rows, tl.num_programs(0), num_stages=2):
        x = tl.load(x_ptr + row * x_stride + cols, mask=mask, other=-float("inf")).to(tl.float32)
        grown = tl.exp(x - tl.max(x, axis=0))
        tl.store(out_ptr + row * out_stride + cols, grown / tl.sum(grown, axis=0), mask=mask)


def softmax(x):
    n_rows, n_cols = x.shape
    out = torch.empty_like(x)
    softmax_persistent_kernel[(min(n_rows, 4), 1, 1)](
        x, out, x.stride(0), out.stride(0), n_rows, n_cols, BLOCK=triton.next_power_of_2(n_cols), num_warps=8
    )
    return out


class ModelNew(nn.Module):
    def forward(self, x):
        return softmax(x)
