"""TwoAtan2 in Triton: atan2_kernel"""

import torch
import triton
import triton.language as tl
from triton.language.extra import libdevice


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# atan2: atan2
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def atan2_kernel(x_ptr, y_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, libdevice.atan2(x, y), mask=mask)


def TwoAtan2New(x, y):
    assert x.shape == (8, 32), x.shape
    x = x.contiguous()
    assert y.shape == (8, 32), y.shape
    y = y.contiguous()
    device = x.device
    atan2 = torch.empty((8, 32), dtype=torch.float32, device=device)
    atan2_kernel[lambda meta: (triton.cdiv(256, meta["BLOCK"]),)](x, y, atan2, 256)
    return atan2


def get_inputs():
    return [torch.randn(8, 32), torch.randn(8, 32)]
