"""Device functions and sizes that several kernels share."""

import triton
import triton.language as tl
from triton import jit

MAX_BLOCK = 4096
LOG2_E = tl.constexpr(1.4426950408889634)


@jit
def fast_exp(x):
    # exp2 is one instruction on most GPUs; exp is not
    return tl.exp2(x * LOG2_E)


@jit
def sigmoid(x):
    return 1 / (1 + fast_exp(-x))


@jit
def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def row_block(columns: int) -> int:
    """A whole row in one block, or a clear refusal."""
    block = triton.next_power_of_2(columns)
    if block > MAX_BLOCK:
        raise ValueError(f"rows of {columns} do not fit into one block of {MAX_BLOCK}")
    return block
