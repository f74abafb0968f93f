"""h[t] = a[t] * h[t - 1] + b[t] as a scan over composed steps x -> a x + b."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def composed(a_before, b_before, a_after, b_after):
    return a_before * a_after, b_before * a_after + b_after


@triton.jit
def linear_recurrence_kernel(a_ptr, b_ptr, out_ptr, n_steps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    steps = tl.arange(0, BLOCK)
    mask = steps < n_steps
    a = tl.load(a_ptr + row * n_steps + steps, mask=mask, other=1.0)
    b = tl.load(b_ptr + row * n_steps + steps, mask=mask, other=0.0)
    _, states = tl.associative_scan((a, b), 0, composed)
    tl.store(out_ptr + row * n_steps + steps, states, mask=mask)


class ModelNew(nn.Module):
    def forward(self, a, b):
        a, b = a.contiguous(), b.contiguous()
        n_rows, n_steps = b.shape
        out = torch.empty_like(b)
        linear_recurrence_kernel[(n_rows,)](a, b, out, n_steps, BLOCK=triton.next_power_of_2(n_steps))
        return out
