"""LayerLayerNorm in Triton: layer_norm_kernel, layer_norm_backward_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# layer_norm: native_layer_norm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=2),
    ),
    key=["n_rows"],
    restore_value=["value_ptr"],
)
@triton.jit
def layer_norm_kernel(
    value_ptr, x0_ptr, weight_ptr, bias_ptr, out_ptr, out_1_ptr, n_rows,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x0 = tl.load(x0_ptr + (cols + 64 * rows), mask=row_mask, other=0.0)
    weight = tl.load(weight_ptr + cols)
    bias = tl.load(bias_ptr + cols)
    total = tl.sum(tl.where(row_mask, x0, 0), 1)[:, None]
    constant = tl.full([1, 1], 64, tl.int32).to(tl.float32)
    out = total / constant
    difference = x0 - out
    squares = tl.sum(tl.where(row_mask, difference * difference, 0), 1)[:, None]
    value = libdevice.rsqrt(squares / 64.0 + 1e-05)
    out_1 = (x0 - out) * value * weight + bias
    tl.store(value_ptr + rows, value, mask=row_mask)
    tl.store(out_1_ptr + (cols + 64 * rows), out_1, mask=row_mask)
    tl.store(out_ptr + rows, out, mask=row_mask)


# layer_norm, mul_7, sum_3, sum_4: native_layer_norm, native_layer_norm_backward
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=8),
    ),
    key=["n_rows"],
)
@triton.jit
def layer_norm_backward_kernel(
    grad_out_ptr, x0_ptr, layer_norm_ptr, value_ptr, out_ptr, out_1_ptr, n_rows,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    grad_out = tl.load(grad_out_ptr + (rows + 64 * cols), mask=row_mask, other=0.0)
    x0 = tl.load(x0_ptr + (rows + 64 * cols), mask=row_mask, other=0.0)
    layer_norm = tl.load(layer_norm_ptr + cols)
    value = tl.load(value_ptr + cols)
    out = tl.sum(tl.where(row_mask, grad_out * ((x0 - layer_norm) * value), 0), 1)[:, None]
    out_1 = tl.sum(tl.where(row_mask, grad_out, 0), 1)[:, None]
    tl.store(out_ptr + rows, out, mask=row_mask)
    tl.store(out_1_ptr + rows, out_1, mask=row_mask)


class LayerLayerNormNewFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, weight, bias, x0):
        assert x0.shape == (4, 8, 64), x0.shape
        x0 = x0.contiguous()
        assert weight.shape == (64,), weight.shape
        assert bias.shape == (64,), bias.shape
        device = x0.device
        layer_norm = torch.empty((4, 8, 1), dtype=torch.float32, device=device)
        buf1 = torch.empty((4, 8, 1), dtype=torch.float32, device=device)
        value = buf1.view(4, 8, 1)
        layer_norm_2 = torch.empty((4, 8, 64), dtype=torch.float32, device=device)
        layer_norm_kernel[lambda meta: (triton.cdiv(32, meta["BLOCK_ROWS"]),)](
            value, x0, weight, bias, layer_norm, layer_norm_2, 32, BLOCK_COLS=64,
        )
        ctx.save_for_backward(x0, layer_norm, value)
        return layer_norm_2

    @staticmethod
    def backward(ctx, grad_out):
        x0, layer_norm, value = ctx.saved_tensors
        assert grad_out.shape == (4, 8, 64), grad_out.shape
        grad_out = grad_out.contiguous()
        device = grad_out.device
        sum_2 = torch.empty((64,), dtype=torch.float32, device=device)
        sum_3 = torch.empty((64,), dtype=torch.float32, device=device)
        grid = lambda meta: (triton.cdiv(64, meta["BLOCK_ROWS"]),)
        layer_norm_backward_kernel[grid](
            grad_out, x0, layer_norm, value, sum_2, sum_3, 64, BLOCK_COLS=32,
        )
        return sum_2, sum_3, None


class LayerLayerNormNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.LayerNorm(64)

    def forward(self, x0):
        return LayerLayerNormNewFunction.apply(self.layer.weight, self.layer.bias, x0)


def get_inputs():
    return [torch.randn(4, 8, 64)]


def get_init_inputs():
    return []
