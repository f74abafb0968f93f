"""AttentionManual in Triton: bias_kernel, bias_2_kernel, div_eq_softmax_kernel and 3 more"""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


def tall_grid(cols, rows):
    """Rows beyond what the y axis of a grid can count go on along z."""
    return cols, min(rows, 65535), triton.cdiv(rows, 65535)


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


@triton.jit
def promote_to_tensor(x):
    # Addition promotes to tensor for us
    return x + tl.zeros((1,), tl.int1)


@triton.jit
def is_floating(x):
    return promote_to_tensor(x).dtype.is_floating()


@triton.jit
def maximum(a, b):
    mask = a > b
    if is_floating(a):
        mask |= a != a
    return tl.where(mask, a, b)


@triton.jit
def max2(a, dim):
    return tl.reduce(a, dim, maximum)


@triton.jit
def _any_combine(a, b):
    return a | b


@triton.jit
def any(a, dim):
    return tl.reduce(a, dim, _any_combine)


# linear, chunk, view, q, matmul: addmm, view, split, transpose, clone
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def bias_kernel(
    bias_ptr, linear_ptr, out_ptr, extent, size_1, extent_2, n_elements,
    BLOCK: tl.constexpr,
):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i2 = offsets // extent % 4
    i1 = offsets // 16 % size_1
    i3 = offsets // extent_2
    bias = tl.load(bias_ptr + (i0 + 16 * i2), mask=mask)
    linear = tl.load(linear_ptr + (i0 + 16 * i2 + 192 * i1 + 192 * size_1 * i3), mask=mask)
    tl.store(out_ptr + offsets, bias + linear, mask=mask)


# linear, chunk, view_1, k, transpose_3, matmul: addmm, view, split, transpose, clone
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_COLS": 16, "BLOCK_ROWS": 64}, num_warps=4),
        triton.Config({"BLOCK_COLS": 16, "BLOCK_ROWS": 32}, num_warps=4),
        triton.Config({"BLOCK_COLS": 16, "BLOCK_ROWS": 128}, num_warps=8),
        triton.Config({"BLOCK_COLS": 16, "BLOCK_ROWS": 16}, num_warps=4),
        triton.Config({"BLOCK_COLS": 2, "BLOCK_ROWS": 128}, num_warps=4),
    ),
    key=["n_rows", "n_cols"],
)
@triton.jit
def bias_2_kernel(
    bias_ptr, linear_ptr, out_ptr, size_1, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    row_start = (tl.program_id(1) + tl.program_id(2) * tl.num_programs(1)) * BLOCK_ROWS
    rows = row_start + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.program_id(0) * BLOCK_COLS + tl.arange(0, BLOCK_COLS)[None, :]
    col_mask = cols < n_cols
    row_outer_0 = rows % 64
    row_outer_1 = rows // 64
    bias = tl.load(bias_ptr + (64 + row_outer_0), mask=row_mask)
    linear = tl.load(
        linear_ptr + (64 + row_outer_0 + 192 * cols + 192 * size_1 * row_outer_1),
        mask=col_mask & row_mask,
    )
    tl.store(out_ptr + (cols + size_1 * rows), bias + linear, mask=col_mask & row_mask)


# matmul, a: view, div, eq, abs, ne, mul, all, amax, sub, softmax
@triton.jit
def div_eq_softmax_kernel(
    value_ptr, size_1, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    col_range = tl.arange(0, BLOCK_COLS)[None, :]
    acc = tl.full([BLOCK_ROWS, BLOCK_COLS], False, tl.int1)
    acc_1 = tl.full([BLOCK_ROWS, BLOCK_COLS], float("-inf"), tl.float32)
    acc_2 = tl.full([BLOCK_ROWS, BLOCK_COLS], float("-inf"), tl.float32)
    for col_start in tl.range(0, n_cols, BLOCK_COLS):
        cols = col_start + col_range
        col_mask = cols < n_cols
        value = tl.load(value_ptr + (cols + size_1 * rows), mask=col_mask & row_mask, other=0.0)
        scaled = value * 0.25
        constant = tl.full([1, 1], float("inf"), tl.float32)
        value_1 = acc | ((scaled == scaled) & (tl.abs(scaled) != constant) == 0)
        acc = tl.where(col_mask & row_mask, value_1, acc)
        larger = tl.maximum(acc_1, value * 1.0, propagate_nan=tl.PropagateNan.ALL)
        acc_1 = tl.where(col_mask & row_mask, larger, acc_1)
        larger_1 = tl.maximum(acc_2, scaled, propagate_nan=tl.PropagateNan.ALL)
        acc_2 = tl.where(col_mask & row_mask, larger_1, acc_2)
    any_true = any(acc.to(tl.int8), 1)[:, None]
    max_value = max2(acc_1, 1)[:, None]
    max_value_1 = max2(acc_2, 1)[:, None]
    acc_3 = tl.full([BLOCK_ROWS, BLOCK_COLS], 0, tl.float32)
    for col_start in tl.range(0, n_cols, BLOCK_COLS):
        cols = col_start + col_range
        col_mask = cols < n_cols
        value_2 = tl.load(value_ptr + (cols + size_1 * rows), mask=col_mask & row_mask, other=0.0)
        difference = value_2 * 0.25 - max_value_1
        selected = tl.where(any_true == 0, (value_2 * 1.0 - max_value) * 0.25, difference)
        acc_3 = tl.where(col_mask & row_mask, acc_3 + libdevice.exp(selected), acc_3)
    total = tl.sum(acc_3, 1)[:, None]
    for col_start in tl.range(0, n_cols, BLOCK_COLS):
        cols = col_start + col_range
        col_mask = cols < n_cols
        value_3 = tl.load(value_ptr + (cols + size_1 * rows), mask=col_mask & row_mask, other=0.0)
        difference_1 = value_3 * 0.25 - max_value_1
        selected_1 = tl.where(any_true == 0, (value_3 * 1.0 - max_value) * 0.25, difference_1)
        value_4 = libdevice.exp(selected_1) / total
        tl.store(value_ptr + (cols + size_1 * rows), value_4, mask=col_mask & row_mask)


# linear, chunk, view_2, v, y: addmm, view, split, transpose, clone
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def bias_3_kernel(
    bias_ptr, linear_ptr, out_ptr, extent, size_1, extent_2, n_elements,
    BLOCK: tl.constexpr,
):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i2 = offsets // extent % 4
    i1 = offsets // 16 % size_1
    i3 = offsets // extent_2
    bias = tl.load(bias_ptr + (128 + i0 + 16 * i2), mask=mask)
    linear = tl.load(linear_ptr + (128 + i0 + 16 * i2 + 192 * i1 + 192 * size_1 * i3), mask=mask)
    tl.store(out_ptr + offsets, bias + linear, mask=mask)


# y, transpose_4, y_1: view, transpose, clone
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def transpose_kernel(v_ptr, out_ptr, size_1, extent_2, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i1 = offsets // 16 % 4
    i2 = offsets // 64 % size_1
    i3 = offsets // extent_2
    v = tl.load(v_ptr + (i0 + 16 * i2 + 16 * size_1 * i1 + 64 * size_1 * i3), mask=mask)
    tl.store(out_ptr + offsets, v, mask=mask)


# linear_1, add: addmm, view, add
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
    restore_value=["value_5_ptr"],
)
@triton.jit
def bias_add_kernel(value_5_ptr, bias_ptr, x_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 64
    bias = tl.load(bias_ptr + i0, mask=mask)
    value_5 = tl.load(value_5_ptr + offsets, mask=mask)
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(value_5_ptr + offsets, bias + value_5 + x, mask=mask)


class AttentionManualNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(64, 192)
        self.out = nn.Linear(64, 64)

    def forward(self, x):
        size_0, size_1 = x.size(0), x.size(1)
        assert x.shape == (size_0, size_1, 64), x.shape
        x = x.contiguous()
        assert self.qkv.weight.shape == (192, 64), self.qkv.weight.shape
        assert self.out.weight.shape == (64, 64), self.out.weight.shape
        device = x.device
        linear = torch.empty((size_1 * size_0, 192), dtype=torch.float32, device=device)
        torch.mm(x.view(size_1 * size_0, 64), self.qkv.weight.t(), out=linear)
        extent = 16 * size_1
        extent_2 = 64 * size_1
        out = torch.empty((size_0, 4, size_1, 16), dtype=torch.float32, device=device)
        numel = 64 * size_1 * size_0
        bias_kernel[lambda meta: (triton.cdiv(numel, meta["BLOCK"]),)](
            self.qkv.bias, linear, out, extent, size_1, extent_2, numel,
        )
        out_2 = torch.empty((size_0, 4, 16, size_1), dtype=torch.float32, device=device)
        numel_2 = 64 * size_0
        grid = lambda meta: tall_grid(triton.cdiv(size_1, meta["BLOCK_COLS"]), triton.cdiv(numel_2, meta["BLOCK_ROWS"]))
        bias_2_kernel[grid](self.qkv.bias, linear, out_2, size_1, numel_2, size_1)
        transpose = torch.empty((4 * size_0, size_1, size_1), dtype=torch.float32, device=device)
        torch.bmm(
            out.view(4 * size_0, size_1, 16), out_2.view(4 * size_0, 16, size_1), out=transpose,
        )
        value = transpose.view(size_0, 4, size_1, size_1)
        numel_3 = 4 * size_1 * size_0
        grid = lambda meta: (triton.cdiv(numel_3, meta["BLOCK_ROWS"]),)
        div_eq_softmax_kernel[grid](
            value, size_1, numel_3, size_1, BLOCK_ROWS=2, BLOCK_COLS=16, num_warps=2,
        )
        value_2 = out_2.view(size_0, 4, size_1, 16)
        numel_4 = 64 * size_1 * size_0
        bias_3_kernel[lambda meta: (triton.cdiv(numel_4, meta["BLOCK"]),)](
            self.qkv.bias, linear, value_2, extent, size_1, extent_2, numel_4,
        )
        v = torch.empty((4 * size_0, size_1, 16), dtype=torch.float32, device=device)
        torch.bmm(
            value.view(4 * size_0, size_1, size_1), value_2.view(4 * size_0, size_1, 16), out=v,
        )
        value_3 = value_2.view(size_0, size_1, 4, 16)
        numel_5 = 64 * size_1 * size_0
        transpose_kernel[lambda meta: (triton.cdiv(numel_5, meta["BLOCK"]),)](
            v, value_3, size_1, extent_2, numel_5,
        )
        value_4 = v.view(size_1 * size_0, 64)
        torch.mm(value_3.view(size_1 * size_0, 64), self.out.weight.t(), out=value_4)
        value_5 = value_4.view(size_0, size_1, 64)
        numel_6 = 64 * size_1 * size_0
        bias_add_kernel[lambda meta: (triton.cdiv(numel_6, meta["BLOCK"]),)](
            value_5, self.out.bias, x, numel_6,
        )
        return value_5


def get_inputs():
    return [torch.randn(2, 12, 64)]


def get_init_inputs():
    return []
