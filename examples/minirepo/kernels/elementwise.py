"""One value in, one value out."""

import torch
import triton
import triton.language as tl

from .common import sigmoid, tanh

BLOCK = 1024


@triton.jit
def axpy_kernel(x_ptr, y_ptr, out_ptr, alpha, n, BLOCK: tl.constexpr):
    """out = alpha * x + y"""
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n
    x = tl.load(x_ptr + offsets, mask=inside)
    y = tl.load(y_ptr + offsets, mask=inside)
    tl.store(out_ptr + offsets, alpha * x + y, mask=inside)


def axpy(alpha: float, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    n = x.numel()
    axpy_kernel[(triton.cdiv(n, BLOCK),)](x, y, out, alpha, n, BLOCK=BLOCK)
    return out


@triton.jit
def gelu_kernel(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n
    x = tl.load(x_ptr + offsets, mask=inside).to(tl.float32)
    # the tanh form; sqrt(2 / pi) written out
    inner = 0.7978845608028654 * (x + 0.044715 * x * x * x)
    tl.store(out_ptr + offsets, 0.5 * x * (1 + tanh(inner)), mask=inside)


def gelu(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    gelu_kernel[(triton.cdiv(x.numel(), BLOCK),)](x, out, x.numel(), BLOCK=BLOCK)
    return out


@triton.autotune(
    configs=[
        triton.Config({"BLOCK": 256}, num_warps=2),
        triton.Config({"BLOCK": 1024}, num_warps=4),
    ],
    key=["columns"],
)
@triton.jit
def swiglu_kernel(
    packed_ptr,  # (rows, 2 * columns): gate, then value
    out_ptr,     # (rows, columns)
    columns,
    BLOCK: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0)
    offsets = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < columns
    gate = tl.load(packed_ptr + row * 2 * columns + offsets, mask=inside).to(tl.float32)
    value = tl.load(packed_ptr + row * 2 * columns + columns + offsets, mask=inside)
    tl.store(out_ptr + row * columns + offsets, gate * sigmoid(gate) * value, mask=inside)


def swiglu(packed: torch.Tensor) -> torch.Tensor:
    rows, width = packed.shape
    columns = width // 2
    out = packed.new_empty(rows, columns)
    swiglu_kernel[lambda meta: (rows, triton.cdiv(columns, meta["BLOCK"]))](packed, out, columns)
    return out


@triton.jit
def dropout_kernel(x_ptr, out_ptr, n, p, seed, BLOCK: tl.constexpr):
    # The mask is never stored: the same seed makes it again in the backward pass.
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n
    x = tl.load(x_ptr + offsets, mask=inside)
    keep = tl.rand(seed, offsets) > p
    tl.store(out_ptr + offsets, tl.where(keep, x / (1 - p), 0.0), mask=inside)


def dropout(x: torch.Tensor, p: float = 0.5, seed: int = 0) -> torch.Tensor:
    out = torch.empty_like(x)
    dropout_kernel[(triton.cdiv(x.numel(), BLOCK),)](x, out, x.numel(), p, seed, BLOCK=BLOCK)
    return out
