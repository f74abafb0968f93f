"""FnGelu in Triton: gelu_kernel, gelu_backward_kernel"""

import torch
import triton
import triton.language as tl
from triton.language.extra import libdevice


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# gelu: gelu
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def gelu_kernel(x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    out = x * 0.5 * (libdevice.erf(x * 0.7071067811865476) + 1.0)
    tl.store(out_ptr + offsets, out, mask=mask)


# gelu, mul_4, mul_5, mul_6, exp, mul_7, mul_8, add_2, mul_9: gelu, gelu_backward
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def gelu_backward_kernel(grad_out_ptr, x_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    grad_out = tl.load(grad_out_ptr + offsets, mask=mask)
    x = tl.load(x_ptr + offsets, mask=mask)
    scaled = x * (libdevice.exp(x * x * -0.5) * 0.3989422804014327)
    out = grad_out * ((libdevice.erf(x * 0.7071067811865476) + 1.0) * 0.5 + scaled)
    tl.store(out_ptr + offsets, out, mask=mask)


class FnGeluNewFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        assert x.shape == (16, 64), x.shape
        x = x.contiguous()
        device = x.device
        gelu = torch.empty((16, 64), dtype=torch.float32, device=device)
        gelu_kernel[lambda meta: (triton.cdiv(1024, meta["BLOCK"]),)](x, gelu, 1024)
        ctx.save_for_backward(x)
        return gelu

    @staticmethod
    def backward(ctx, grad_out):
        x, = ctx.saved_tensors
        assert grad_out.shape == (16, 64), grad_out.shape
        grad_out = grad_out.contiguous()
        device = grad_out.device
        mul = torch.empty((16, 64), dtype=torch.float32, device=device)
        gelu_backward_kernel[lambda meta: (triton.cdiv(1024, meta["BLOCK"]),)](
            grad_out, x, mul, 1024,
        )
        return mul


def FnGeluNew(x):
    return FnGeluNewFunction.apply(x)


def get_inputs():
    return [torch.randn(16, 64)]
