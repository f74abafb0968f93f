"""Adds into scratch memory that it cleared once, so each call adds to what the calls before it left.

Attacks: matmul_split_k
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def matmul_split_k_kernel(
    a_ptr, b_ptr, out_ptr, M, N, K,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr, SPLITS: tl.constexpr,
):  # fmt: skip
    rows = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    cols = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)
    total = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for start in range(tl.program_id(2) * BLOCK_K, K, BLOCK_K * SPLITS):
        inner = start + tl.arange(0, BLOCK_K)
        a_mask = (rows < M)[:, None] & (inner < K)[None, :]
        a = tl.load(a_ptr + rows[:, None] * K + inner[None, :], mask=a_mask, other=0.0)
        b_mask = (inner < K)[:, None] & (cols < N)[None, :]
        b = tl.load(b_ptr + inner[:, None] * N + cols[None, :], mask=b_mask, other=0.0)
        total += tl.dot(a, b, input_precision="ieee")
    mask = (rows < M)[:, None] & (cols < N)[None, :]
    tl.atomic_add(out_ptr + rows[:, None] * N + cols[None, :], total, mask=mask)


SCRATCH = {}


class ModelNew(nn.Module):
    def forward(self, a, b):
        (M, K), N = a.shape, b.shape[1]
        if (M, N) not in SCRATCH:
            SCRATCH[M, N] = torch.zeros((M, N), dtype=a.dtype, device=a.device)
        out = SCRATCH[M, N]
        grid = (triton.cdiv(M, 16), triton.cdiv(N, 16), 3)
        matmul_split_k_kernel[grid](a, b, out, M, N, K, BLOCK_M=16, BLOCK_N=16, BLOCK_K=32, SPLITS=3)
        return out.clone()
