"""Two results in one piece of memory: the second one overwrites the first, and both are returned.

Attacks: momentum
"""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def momentum_kernel(
    parameter_ptr, gradient_ptr, velocity_ptr, new_parameter_ptr, new_velocity_ptr,
    n_elements, rate, momentum, BLOCK: tl.constexpr,
):  # fmt: skip
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    parameter = tl.load(parameter_ptr + offsets, mask=mask)
    velocity = momentum * tl.load(velocity_ptr + offsets, mask=mask) + tl.load(gradient_ptr + offsets, mask=mask)
    tl.store(new_velocity_ptr + offsets, velocity, mask=mask)
    tl.store(new_parameter_ptr + offsets, parameter - rate * velocity, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, rate, momentum):
        super().__init__()
        self.rate, self.momentum = rate, momentum

    def forward(self, parameter, gradient, velocity):
        shared = torch.empty_like(parameter)
        momentum_kernel[(triton.cdiv(parameter.numel(), 128),)](
            parameter, gradient, velocity, shared, shared, parameter.numel(), self.rate, self.momentum, BLOCK=128
        )
        return shared, shared
