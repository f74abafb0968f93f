"""LlamaBlock in Triton: rms_norm_kernel, repeat_heads_kernel, add_rms_norm_kernel and 2 more"""

import torch
import torch.nn.functional as F
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


def strided_view(x, size, stride, offset=0):
    """The memory of x from an offset on, read with other sizes and strides."""
    return torch.as_strided(x, size, stride, x.storage_offset() + offset)


def with_strides(x, stride):
    """x itself where it lies in memory as the kernels expect, else a copy that does."""
    if all(n == 1 or a == b for n, a, b in zip(x.shape, x.stride(), stride)):
        return x
    return torch.empty_strided(x.shape, stride, dtype=x.dtype, device=x.device).copy_(x)


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# h: fused_rms_norm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=2),
    ),
    key=["n_rows"],
)
@triton.jit
def rms_norm_kernel(
    x_ptr, weight_ptr, out_ptr, n_rows,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x = tl.load(x_ptr + (cols + 64 * rows), mask=row_mask, other=0.0)
    weight = tl.load(weight_ptr + cols)
    squares = tl.sum(tl.where(row_mask, x * x, 0), 1)[:, None]
    out = x * libdevice.rsqrt(squares / 64.0 + 1.1920928955078125e-07) * weight
    tl.store(out_ptr + (cols + 64 * rows), out, mask=row_mask)


# linear, view, q, linear_1, view_1, transpose_1, k, linear_2, view_2, transpose_2, v,
# scaled_dot_product_attention: unsafe_view, view, transpose, unsqueeze, expand, clone,
# scaled_dot_product_efficient_attention
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def repeat_heads_kernel(linear_2_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i1 = offsets // 16 % 12
    i2 = offsets // 192 % 4
    i3 = offsets // 768
    linear_2 = tl.load(linear_2_ptr + (i0 + 16 * (i2 // 2) + 32 * i1 + 384 * i3), mask=mask)
    tl.store(out_ptr + offsets, linear_2, mask=mask)


# linear_3, x, h_1: unsafe_view, add, fused_rms_norm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=2),
    ),
    key=["n_rows"],
)
@triton.jit
def add_rms_norm_kernel(
    x_ptr, value_3_ptr, weight_ptr, out_ptr, n_rows,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x = tl.load(x_ptr + (cols + 64 * rows), mask=row_mask, other=0.0)
    value_3 = tl.load(value_3_ptr + (cols + 64 * rows), mask=row_mask, other=0.0)
    weight = tl.load(weight_ptr + cols)
    shifted = x + value_3
    squares = tl.sum(tl.where(row_mask, shifted * shifted, 0), 1)[:, None]
    out = shifted * libdevice.rsqrt(squares / 64.0 + 1.1920928955078125e-07) * weight
    tl.store(out_ptr + (cols + 64 * rows), out, mask=row_mask)


# linear_4, silu, linear_5, mul: unsafe_view, silu, mul
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
    restore_value=["value_5_ptr"],
)
@triton.jit
def swiglu_kernel(value_5_ptr, linear_5_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    value_5 = tl.load(value_5_ptr + offsets, mask=mask)
    linear_5 = tl.load(linear_5_ptr + offsets, mask=mask)
    value_5_1 = value_5 / (libdevice.exp(-value_5) + 1.0) * linear_5
    tl.store(value_5_ptr + offsets, value_5_1, mask=mask)


# linear_3, x, linear_6, add_1: unsafe_view, add
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
    restore_value=["value_6_ptr"],
)
@triton.jit
def add_kernel(value_6_ptr, x_ptr, linear_6_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    x = tl.load(x_ptr + offsets, mask=mask)
    value_6 = tl.load(value_6_ptr + offsets, mask=mask)
    linear_6 = tl.load(linear_6_ptr + offsets, mask=mask)
    tl.store(value_6_ptr + offsets, x + value_6 + linear_6, mask=mask)


class LlamaBlockNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.n1, self.n2 = (nn.RMSNorm(64), nn.RMSNorm(64))
        self.q, self.k, self.v, self.o = (nn.Linear(64, n, bias=False) for n in (64, 32, 32, 64))
        self.g, self.u, self.d = (nn.Linear(a, b, bias=False) for a, b in ((64, 96), (64, 96), (96, 64)))

    def forward(self, x):
        assert x.shape == (2, 12, 64), x.shape
        x = x.contiguous()
        assert self.n1.weight.shape == (64,), self.n1.weight.shape
        assert self.q.weight.shape == (64, 64), self.q.weight.shape
        assert self.k.weight.shape == (32, 64), self.k.weight.shape
        assert self.v.weight.shape == (32, 64), self.v.weight.shape
        assert self.o.weight.shape == (64, 64), self.o.weight.shape
        assert self.n2.weight.shape == (64,), self.n2.weight.shape
        assert self.g.weight.shape == (96, 64), self.g.weight.shape
        assert self.u.weight.shape == (96, 64), self.u.weight.shape
        assert self.d.weight.shape == (64, 96), self.d.weight.shape
        device = x.device
        h = torch.empty((2, 12, 64), dtype=torch.float32, device=device)
        rms_norm_kernel[lambda meta: (triton.cdiv(24, meta["BLOCK_ROWS"]),)](
            x, self.n1.weight, h, 24, BLOCK_COLS=64,
        )
        linear = torch.empty((24, 64), dtype=torch.float32, device=device)
        torch.mm(h.view(24, 64), self.q.weight.t(), out=linear)
        linear_2 = torch.empty((24, 32), dtype=torch.float32, device=device)
        torch.mm(h.view(24, 64), self.k.weight.t(), out=linear_2)
        linear_3 = torch.empty((24, 32), dtype=torch.float32, device=device)
        torch.mm(h.view(24, 64), self.v.weight.t(), out=linear_3)
        value = h.view(2, 4, 12, 16)
        repeat_heads_kernel[lambda meta: (triton.cdiv(1536, meta["BLOCK"]),)](linear_2, value, 1536)
        attention = torch.empty((2, 4, 12, 16), dtype=torch.float32, device=device)
        repeat_heads_kernel[lambda meta: (triton.cdiv(1536, meta["BLOCK"]),)](
            linear_3, attention, 1536,
        )
        attention_2 = F.scaled_dot_product_attention(
            strided_view(linear, (2, 4, 12, 16), (768, 16, 64, 1)), value, attention,
            is_causal=True,
        )
        value_2 = with_strides(attention_2, (768, 16, 64, 1))
        value_3 = attention.view(24, 64)
        torch.mm(strided_view(value_2, (24, 64), (64, 1)), self.o.weight.t(), out=value_3)
        value_4 = strided_view(value_2, (2, 12, 64), (768, 64, 1))
        add_rms_norm_kernel[lambda meta: (triton.cdiv(24, meta["BLOCK_ROWS"]),)](
            x, value_3, self.n2.weight, value_4, 24, BLOCK_COLS=64,
        )
        linear_4 = torch.empty((24, 96), dtype=torch.float32, device=device)
        torch.mm(value_4.view(24, 64), self.g.weight.t(), out=linear_4)
        linear_5 = torch.empty((24, 96), dtype=torch.float32, device=device)
        torch.mm(value_4.view(24, 64), self.u.weight.t(), out=linear_5)
        value_5 = linear_4.view(2, 12, 96)
        swiglu_kernel[lambda meta: (triton.cdiv(2304, meta["BLOCK"]),)](value_5, linear_5, 2304)
        linear_6 = torch.empty((24, 64), dtype=torch.float32, device=device)
        torch.mm(value_5.view(24, 96), self.d.weight.t(), out=linear_6)
        value_6 = value_3.view(2, 12, 64)
        add_kernel[lambda meta: (triton.cdiv(1536, meta["BLOCK"]),)](value_6, x, linear_6, 1536)
        return value_6


def get_inputs():
    return [torch.randn(2, 12, 64)]


def get_init_inputs():
    return []
