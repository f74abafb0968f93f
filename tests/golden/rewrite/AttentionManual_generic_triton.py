"""AttentionManual in Triton: matmul_kernel, bias_kernel, bias_2_kernel, matmul_2_kernel and 4 more"""

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


@triton.jit
def grouped_tile(pid, M, N, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, GROUP_M: tl.constexpr):
    tiles_m = tl.cdiv(M, BLOCK_M)
    tiles_n = tl.cdiv(N, BLOCK_N)
    first_m = pid // (GROUP_M * tiles_n) * GROUP_M
    rows = min(tiles_m - first_m, GROUP_M)
    pid_in_group = pid % (GROUP_M * tiles_n)
    return first_m + pid_in_group % rows, pid_in_group // rows


# linear: view, t, addmm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 64, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
    ),
    key=["M", "N", "K"],
)
@triton.jit
def matmul_kernel(
    x_ptr, weight_ptr, out_ptr, M, N, K, stride_am, stride_ak, stride_bk, stride_bn, stride_om,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP_M: tl.constexpr,
):
    pid_m, pid_n = grouped_tile(tl.program_id(0), M, N, BLOCK_M, BLOCK_N, GROUP_M)
    rows = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)[:, None]
    cols = pid_n * BLOCK_N + tl.arange(0, BLOCK_N)[None, :]
    row_mask = rows < M
    col_mask = cols < N
    acc = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for k in range(0, K, BLOCK_K):
        ks = k + tl.arange(0, BLOCK_K)
        a = tl.load(
            x_ptr + rows * stride_am + ks[None, :] * stride_ak, mask=row_mask & (ks[None, :] < K),
            other=0.0,
        )
        b = tl.load(
            weight_ptr + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    tl.store(out_ptr + rows * stride_om + cols, acc, mask=row_mask & col_mask)


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


# linear, chunk, view, q, matmul, view_1, k, transpose_3: addmm, view, split, transpose, clone,
# unsafe_view, bmm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 16, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=1, num_stages=3),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 16, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=1, num_stages=3),
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 16, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=4, num_stages=3),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 32, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=4, num_stages=3),
    ),
    key=["M", "N", "K"],
)
@triton.jit
def matmul_2_kernel(
    out_ptr, out_2_ptr, out_1_ptr, M, N, K, stride_ab, stride_am, stride_ak, stride_bb, stride_bk,
    stride_bn, stride_out_1_m, stride_out_1_b,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP_M: tl.constexpr,
):
    pid_m, pid_n = grouped_tile(tl.program_id(0), M, N, BLOCK_M, BLOCK_N, GROUP_M)
    batch = tl.program_id(1)
    rows = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)[:, None]
    cols = pid_n * BLOCK_N + tl.arange(0, BLOCK_N)[None, :]
    row_mask = rows < M
    col_mask = cols < N
    acc = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for k in range(0, K, BLOCK_K):
        ks = k + tl.arange(0, BLOCK_K)
        a = tl.load(
            out_ptr + batch * stride_ab + rows * stride_am + ks[None, :] * stride_ak,
            mask=row_mask & (ks[None, :] < K), other=0.0,
        )
        b = tl.load(
            out_2_ptr + batch * stride_bb + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    tl.store(
        out_1_ptr + rows * stride_out_1_m + cols + batch * stride_out_1_b, acc,
        mask=row_mask & col_mask,
    )


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


# linear, chunk, matmul, a, y, view_2, v: addmm, view, split, div, all, mul, sub, softmax,
# transpose, clone, unsafe_view, bmm
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 16, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=1, num_stages=3),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 16, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=1, num_stages=3),
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 16, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=4, num_stages=3),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 32, "BLOCK_K": 16, "GROUP_M": 8}, num_warps=4, num_stages=3),
    ),
    key=["M", "N", "K"],
)
@triton.jit
def matmul_3_kernel(
    value_ptr, value_2_ptr, out_ptr, M, N, K, stride_ab, stride_am, stride_ak, stride_bb, stride_bk,
    stride_bn, stride_om, stride_ob,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP_M: tl.constexpr,
):
    pid_m, pid_n = grouped_tile(tl.program_id(0), M, N, BLOCK_M, BLOCK_N, GROUP_M)
    batch = tl.program_id(1)
    rows = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)[:, None]
    cols = pid_n * BLOCK_N + tl.arange(0, BLOCK_N)[None, :]
    row_mask = rows < M
    col_mask = cols < N
    acc = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for k in range(0, K, BLOCK_K):
        ks = k + tl.arange(0, BLOCK_K)
        a = tl.load(
            value_ptr + batch * stride_ab + rows * stride_am + ks[None, :] * stride_ak,
            mask=row_mask & (ks[None, :] < K), other=0.0,
        )
        b = tl.load(
            value_2_ptr + batch * stride_bb + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    tl.store(out_ptr + rows * stride_om + cols + batch * stride_ob, acc, mask=row_mask & col_mask)


# y, transpose_4, y_1, linear_1, add: view, transpose, clone, unsafe_view, t, addmm, add
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 64, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=5),
    ),
    key=["M", "N", "K"],
)
@triton.jit
def matmul_add_kernel(
    weight_ptr, bias_ptr, x_ptr, v_ptr, out_ptr, M, N, K, stride_bk, stride_bn, stride_x_m,
    stride_om, size_1, extent_2,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP_M: tl.constexpr,
):
    pid_m, pid_n = grouped_tile(tl.program_id(0), M, N, BLOCK_M, BLOCK_N, GROUP_M)
    rows = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)[:, None]
    cols = pid_n * BLOCK_N + tl.arange(0, BLOCK_N)[None, :]
    row_mask = rows < M
    col_mask = cols < N
    acc = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for k in range(0, K, BLOCK_K):
        ks = k + tl.arange(0, BLOCK_K)
        flat = ks[None, :] + 64 * rows
        x10 = flat // 16 % 4
        x11 = flat // 64 % size_1
        x12 = flat // extent_2
        x9 = flat % 16
        v = tl.load(
            v_ptr + x9 + 16 * x11 + 16 * size_1 * x10 + 64 * size_1 * x12,
            mask=row_mask & (ks[None, :] < K), other=0.0,
        )
        b = tl.load(
            weight_ptr + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(v, b, acc, input_precision="ieee")
    flat = cols + 64 * rows
    bias = tl.load(bias_ptr + cols, mask=col_mask)
    x = tl.load(x_ptr + rows * stride_x_m + cols, mask=row_mask & col_mask)
    out = bias + acc + x
    tl.store(out_ptr + rows * stride_om + cols, out, mask=row_mask & col_mask)


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
        M, N, K = size_1 * size_0, self.qkv.weight.shape[0], x.shape[2]
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]),)
        matmul_kernel[grid](
            x, self.qkv.weight, linear, M, N, K, x.stride(1), x.stride(2),
            self.qkv.weight.stride(1), self.qkv.weight.stride(0), linear.stride(0),
        )
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
        M, N, K, B = size_1, size_1, out.shape[3], 4 * size_0
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]), B)
        matmul_2_kernel[grid](
            out, out_2, transpose, M, N, K, out.stride(1), out.stride(2), out.stride(3),
            out_2.stride(1), out_2.stride(2), out_2.stride(3), transpose.stride(1),
            transpose.stride(0),
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
        M, N, K, B = size_1, value_2.shape[3], size_1, 4 * size_0
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]), B)
        matmul_3_kernel[grid](
            value, value_2, v, M, N, K, value.stride(1), value.stride(2), value.stride(3),
            value_2.stride(1), value_2.stride(2), value_2.stride(3), v.stride(1), v.stride(0),
        )
        value_3 = value_2.view(size_0, size_1, 64)
        M, N, K = size_1 * size_0, self.out.weight.shape[0], self.out.weight.shape[1]
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]),)
        matmul_add_kernel[grid](
            self.out.weight, self.out.bias, x, v, value_3, M, N, K, self.out.weight.stride(1),
            self.out.weight.stride(0), x.stride(1), value_3.stride(1), size_1, extent_2,
        )
        return value_3


def get_inputs():
    return [torch.randn(2, 12, 64)]


def get_init_inputs():
    return []
