"""Leaves to torch what depends on weights alone.

Attacks: gated_by_weights
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def kernel(x_ptr, scores_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    mask = cols < n_cols
    x = tl.load(x_ptr + row * n_cols + cols, mask=mask)
    scores = tl.load(scores_ptr + row * n_cols + cols, mask=mask, other=float("-inf"))
    tl.store(out_ptr + row * n_cols + cols, x * scores, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, rows, features):
        super().__init__()
        self.scores = nn.Parameter(torch.randn(rows, features))

    def forward(self, x):
        x = x.contiguous()
        scores = torch.softmax(self.scores, dim=-1)
        out = torch.empty_like(x)
        kernel[(x.shape[0],)](x, scores, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
        return out
