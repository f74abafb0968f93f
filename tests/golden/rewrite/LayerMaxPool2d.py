"""LayerMaxPool2d in Triton: max_pool2d_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# max_pool2d: max_pool2d_with_indices
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def max_pool2d_kernel(x0_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 8
    i1 = offsets // 8
    x0 = tl.load(x0_ptr + (2 * i0 + 32 * i1), mask=mask)
    x0_1 = tl.load(x0_ptr + (1 + 2 * i0 + 32 * i1), mask=mask)
    x0_2 = tl.load(x0_ptr + (16 + 2 * i0 + 32 * i1), mask=mask)
    x0_3 = tl.load(x0_ptr + (17 + 2 * i0 + 32 * i1), mask=mask)
    larger = tl.maximum(
        tl.maximum(x0, x0_1, propagate_nan=tl.PropagateNan.ALL), x0_2,
        propagate_nan=tl.PropagateNan.ALL,
    )
    tl.store(
        out_ptr + offsets, tl.maximum(larger, x0_3, propagate_nan=tl.PropagateNan.ALL), mask=mask,
    )


class LayerMaxPool2dNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.MaxPool2d(2)

    def forward(self, x0):
        assert x0.shape == (4, 8, 16, 16), x0.shape
        x0 = x0.contiguous()
        device = x0.device
        max_pool2d = torch.empty((4, 8, 8, 8), dtype=torch.float32, device=device)
        max_pool2d_kernel[lambda meta: (triton.cdiv(2048, meta["BLOCK"]),)](x0, max_pool2d, 2048)
        return max_pool2d


def get_inputs():
    return [torch.randn(4, 8, 16, 16)]


def get_init_inputs():
    return []
