"""SdpaCausalF32 in Triton: mul_kernel, mul_2_kernel, bmm_kernel, tril_softmax_kernel and 1 more"""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


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


# scaled_dot_product_attention: mul
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def mul_kernel(q_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    q = tl.load(q_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, q * 0.5, mask=mask)


# scaled_dot_product_attention: transpose, mul
@triton.jit
def mul_2_kernel(
    k_ptr, out_ptr, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(1) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.program_id(0) * BLOCK_COLS + tl.arange(0, BLOCK_COLS)[None, :]
    col_mask = cols < n_cols
    row_outer_0 = rows % 16
    row_outer_1 = rows // 16
    k = tl.load(k_ptr + (row_outer_0 + 16 * cols + 192 * row_outer_1), mask=col_mask & row_mask)
    tl.store(out_ptr + (cols + 12 * rows), k * 0.5, mask=col_mask & row_mask)


# scaled_dot_product_attention: mul, view, transpose, bmm
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
def bmm_kernel(
    attention_ptr, attention_2_ptr, out_ptr, M, N, K, stride_ab, stride_am, stride_ak, stride_bb,
    stride_bk, stride_bn, stride_om, stride_ob,
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
            attention_ptr + batch * stride_ab + rows * stride_am + ks[None, :] * stride_ak,
            mask=row_mask & (ks[None, :] < K), other=0.0,
        )
        b = tl.load(
            attention_2_ptr + batch * stride_bb + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    tl.store(out_ptr + rows * stride_om + cols + batch * stride_ob, acc, mask=row_mask & col_mask)


# scaled_dot_product_attention: view, tril, ones, scalar_tensor, where, add, safe_softmax,
# prepare_softmax_online
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 128}, num_warps=2),
    ),
    key=["n_rows", "n_cols"],
    restore_value=["value_ptr"],
)
@triton.jit
def tril_softmax_kernel(
    value_ptr, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    col_mask = cols < n_cols
    row_0 = rows % 12
    value = tl.load(value_ptr + (cols + 12 * rows), mask=col_mask & row_mask, other=0.0)
    constant = tl.full([1, 1], True, tl.int1)
    constant_1 = tl.full([1, 1], 0.0, tl.float32)
    constant_2 = tl.full([1, 1], float("-inf"), tl.float32)
    selected = tl.where(((cols + -1 * row_0).to(tl.int64) <= 0) & constant, 0.0, constant_2)
    shifted = value + selected
    condition = ((shifted == constant_2) == 0).to(tl.int64) != 0
    any_true = any(tl.where(col_mask & row_mask, condition, False), 1)[:, None]
    selected_1 = tl.where(col_mask & row_mask, shifted, float("-inf"))
    max_value = max2(selected_1, 1)[:, None].to(tl.float32)
    value_1 = tl.broadcast_to(libdevice.exp(shifted - max_value), [BLOCK_ROWS, BLOCK_COLS])
    total = tl.sum(tl.where(col_mask & row_mask, value_1, 0), 1)[:, None]
    value_2 = tl.where(any_true == 0, constant_1, libdevice.exp(shifted - max_value) / total)
    tl.store(value_ptr + (cols + 12 * rows), value_2, mask=col_mask & row_mask)


# scaled_dot_product_attention, relu: view, tril, ones, scalar_tensor, where, add, safe_softmax,
# bmm, relu
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
def bmm_add_relu_kernel(
    value_ptr, v_ptr, out_ptr, M, N, K, stride_ab, stride_am, stride_ak, stride_bb, stride_bk,
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
            v_ptr + batch * stride_bb + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    out = tl.maximum(acc, 0, propagate_nan=tl.PropagateNan.ALL)
    tl.store(out_ptr + rows * stride_om + cols + batch * stride_ob, out, mask=row_mask & col_mask)


class SdpaCausalF32New(nn.Module):

    def __init__(self):
        super().__init__()

    def forward(self, q, k, v):
        assert q.shape == (2, 4, 12, 16), q.shape
        q = q.contiguous()
        assert k.shape == (2, 4, 12, 16), k.shape
        k = k.contiguous()
        assert v.shape == (2, 4, 12, 16), v.shape
        v = v.contiguous()
        device = q.device
        attention = torch.empty((2, 4, 12, 16), dtype=torch.float32, device=device)
        mul_kernel[lambda meta: (triton.cdiv(1536, meta["BLOCK"]),)](q, attention, 1536)
        attention_2 = torch.empty((2, 4, 16, 12), dtype=torch.float32, device=device)
        grid = lambda meta: (triton.cdiv(12, meta["BLOCK_COLS"]), triton.cdiv(128, meta["BLOCK_ROWS"]))
        mul_2_kernel[grid](k, attention_2, 128, 12, BLOCK_COLS=16, BLOCK_ROWS=64, num_warps=4)
        attention_3 = torch.empty((8, 12, 12), dtype=torch.float32, device=device)
        M, N, K = attention.shape[2], attention_2.shape[3], attention.shape[3]
        B = attention.shape[0] * attention.shape[1]
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]), B)
        bmm_kernel[grid](
            attention, attention_2, attention_3, M, N, K, attention.stride(1), attention.stride(2),
            attention.stride(3), attention_2.stride(1), attention_2.stride(2),
            attention_2.stride(3), attention_3.stride(1), attention_3.stride(0),
        )
        value = attention_3.view(2, 4, 12, 12)
        tril_softmax_kernel[lambda meta: (triton.cdiv(96, meta["BLOCK_ROWS"]),)](
            value, 96, 12, BLOCK_COLS=16,
        )
        value_2 = attention_2.view(2, 4, 12, 16)
        M, N, K = value.shape[2], v.shape[3], value.shape[3]
        B = value.shape[0] * value.shape[1]
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]), B)
        bmm_add_relu_kernel[grid](
            value, v, value_2, M, N, K, value.stride(1), value.stride(2), value.stride(3),
            v.stride(1), v.stride(2), v.stride(3), value_2.stride(2), value_2.stride(1),
        )
        return value_2


def get_inputs():
    return [torch.randn(2, 4, 12, 16), torch.randn(2, 4, 12, 16), torch.randn(2, 4, 12, 16)]


def get_init_inputs():
    return []
