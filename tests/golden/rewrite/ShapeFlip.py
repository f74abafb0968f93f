"""ShapeFlip in Triton: flip_kernel"""

import torch
import triton
import triton.language as tl


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# flip: flip
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def flip_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i1 = offsets // 16 % 8
    i2 = offsets // 128
    x = tl.load(x_ptr + (112 + i0 + -16 * i1 + 128 * i2), mask=mask)
    tl.store(out_ptr + offsets, x, mask=mask)


def ShapeFlipNew(x):
    assert x.shape == (4, 8, 16), x.shape
    x = x.contiguous()
    device = x.device
    flip = torch.empty((4, 8, 16), dtype=torch.float32, device=device)
    flip_kernel[lambda meta: (triton.cdiv(512, meta["BLOCK"]),)](x, flip, 512)
    return flip


def get_inputs():
    return [torch.randn(4, 8, 16)]
