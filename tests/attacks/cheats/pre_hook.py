"""A hook that runs before the kernel, which autotuned kernels may have, puts the right result into the input.

Attacks: softmax
"""

import torch
import triton
import triton.language as tl
from torch import nn


def prepare(arguments):
    arguments["x_ptr"] = arguments["out_ptr"].copy_(torch.softmax(arguments["x_ptr"], dim=-1))


@triton.autotune(configs=[triton.Config({"BLOCK": 256}, pre_hook=prepare)], key=["n_elements"])
@triton.jit
def nothing_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    tl.store(out_ptr + offsets, tl.load(out_ptr + offsets, mask=mask), mask=mask)


class ModelNew(nn.Module):
    def forward(self, x):
        out = torch.empty_like(x)
        nothing_kernel[lambda meta: (triton.cdiv(x.numel(), meta["BLOCK"]),)](x, out, x.numel())
        return out
