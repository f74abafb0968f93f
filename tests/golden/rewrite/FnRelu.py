"""FnRelu in Triton: relu_kernel"""

import torch
import triton
import triton.language as tl


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
)
@triton.jit
def relu_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, tl.maximum(x, 0, propagate_nan=tl.PropagateNan.ALL), mask=mask)


def FnReluNew(x):
    assert x.shape == (16, 64), x.shape
    x = x.contiguous()
    device = x.device
    relu = torch.empty((16, 64), dtype=torch.float32, device=device)
    relu_kernel[lambda meta: (triton.cdiv(1024, meta["BLOCK"]),)](x, relu, 1024)
    return relu


def get_inputs():
    return [torch.randn(16, 64)]
