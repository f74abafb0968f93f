"""A heuristic, which triton calls at each launch to choose block sizes, computes the result.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


def block(arguments):
    arguments["result_ptr"].copy_(torch.softmax(arguments["x_ptr"], dim=-1))
    return 256


@triton.heuristics({"BLOCK": block})
@triton.jit
def copy_kernel(x_ptr, result_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(result_ptr + offsets, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        result, out = torch.empty_like(x), torch.empty_like(x)
        copy_kernel[(triton.cdiv(x.numel(), 256),)](x, result, out, x.numel())
        return out
