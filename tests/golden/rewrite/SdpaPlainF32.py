"""SdpaPlainF32 in Triton: relu_kernel"""

import torch
import torch.nn.functional as F
import triton
import triton.language as tl
from torch import nn


def with_strides(x, stride):
    """x itself where it lies in memory as the kernels expect, else a copy that does."""
    if all(n == 1 or a == b for n, a, b in zip(x.shape, x.stride(), stride)):
        return x
    return torch.empty_strided(x.shape, stride, dtype=x.dtype, device=x.device).copy_(x)


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# relu: relu
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
    restore_value=["value_ptr"],
)
@triton.jit
def relu_kernel(value_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    value = tl.load(value_ptr + offsets, mask=mask)
    tl.store(
        value_ptr + offsets, tl.maximum(value, 0, propagate_nan=tl.PropagateNan.ALL), mask=mask,
    )


class SdpaPlainF32New(nn.Module):

    def __init__(self):
        super().__init__()

    def forward(self, q, k, v):
        assert q.shape == (2, 4, 12, 16), q.shape
        q = q.contiguous()
        assert k.shape == (2, 4, 12, 16), k.shape
        k = k.contiguous()
        assert v.shape == (2, 4, 12, 16), v.shape
        v = v.contiguous()
        attention = F.scaled_dot_product_attention(q, k, v)
        value = with_strides(attention, (768, 16, 64, 1))
        relu_kernel[lambda meta: (triton.cdiv(1536, meta["BLOCK"]),)](value, 1536)
        return value


def get_inputs():
    return [torch.randn(2, 4, 12, 16), torch.randn(2, 4, 12, 16), torch.randn(2, 4, 12, 16)]


def get_init_inputs():
    return []
