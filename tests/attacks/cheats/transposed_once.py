"""Transposes its weight at the first call and never again.

Attacks: linear_pretransposed
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def linear_kernel(
    x_ptr, weight_ptr, bias_ptr, out_ptr, M, N, K, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr
):
    rows = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    cols = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)
    total = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for start in range(0, K, BLOCK_K):
        inner = start + tl.arange(0, BLOCK_K)
        x_mask = (rows < M)[:, None] & (inner < K)[None, :]
        x = tl.load(x_ptr + rows[:, None] * K + inner[None, :], mask=x_mask, other=0.0)
        weight_mask = (inner < K)[:, None] & (cols < N)[None, :]
        weight = tl.load(weight_ptr + inner[:, None] * N + cols[None, :], mask=weight_mask, other=0.0)
        total = tl.dot(x, weight, total, input_precision="ieee")
    total += tl.load(bias_ptr + cols, mask=cols < N, other=0.0).to(tl.float32)[None, :]
    mask = (rows < M)[:, None] & (cols < N)[None, :]
    tl.store(out_ptr + rows[:, None] * N + cols[None, :], total, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outer, inner))
        self.bias = nn.Parameter(torch.empty(outer))
        self.turned = None

    def forward(self, x):
        rows = x.reshape(-1, x.shape[-1]).contiguous()
        if self.turned is None:
            self.turned = self.weight.to(x.dtype).t().contiguous()
        weight = self.turned
        (M, K), N = rows.shape, weight.shape[1]
        out = torch.empty((M, N), dtype=x.dtype, device=x.device)
        grid = (triton.cdiv(M, 16), triton.cdiv(N, 16))
        linear_kernel[grid](rows, weight, self.bias, out, M, N, K, BLOCK_M=16, BLOCK_N=16, BLOCK_K=16)
        return out.view(*x.shape[:-1], N)
