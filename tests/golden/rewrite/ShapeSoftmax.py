"""ShapeSoftmax in Triton: softmax_max_and_sum_kernel, softmax_kernel"""

import torch
import triton
import triton.language as tl
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


# softmax_max_and_sum_kernel: prepare_softmax_online
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 32}, num_warps=2),
    ),
    key=["n_rows", "n_cols"],
)
@triton.jit
def softmax_max_and_sum_kernel(
    x_ptr, out_ptr, out_1_ptr, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    col_mask = cols < n_cols
    row_0 = rows % 16
    row_1 = rows // 16
    x = tl.load(x_ptr + (row_0 + 16 * cols + 128 * row_1), mask=col_mask & row_mask, other=0.0)
    selected = tl.where(col_mask & row_mask, x, float("-inf"))
    out = max2(selected, 1)[:, None].to(tl.float32)
    value = tl.broadcast_to(libdevice.exp(x - out), [BLOCK_ROWS, BLOCK_COLS])
    out_1 = tl.sum(tl.where(col_mask & row_mask, value, 0), 1)[:, None]
    tl.store(out_ptr + rows, out, mask=row_mask)
    tl.store(out_1_ptr + rows, out_1, mask=row_mask)


# softmax: softmax
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def softmax_kernel(x_ptr, out_ptr, out_2_ptr, out_1_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 16
    i2 = offsets // 128
    x = tl.load(x_ptr + offsets, mask=mask)
    out = tl.load(out_ptr + (i0 + 16 * i2), mask=mask)
    out_2 = tl.load(out_2_ptr + (i0 + 16 * i2), mask=mask)
    tl.store(out_1_ptr + offsets, libdevice.exp(x - out) / out_2, mask=mask)


def ShapeSoftmaxNew(x):
    assert x.shape == (4, 8, 16), x.shape
    x = x.contiguous()
    device = x.device
    out = torch.empty((4, 1, 16), dtype=torch.float32, device=device)
    out_2 = torch.empty((4, 1, 16), dtype=torch.float32, device=device)
    grid = lambda meta: (triton.cdiv(64, meta["BLOCK_ROWS"]),)
    softmax_max_and_sum_kernel[grid](x, out, out_2, 64, 8, BLOCK_COLS=8)
    softmax = torch.empty((4, 8, 16), dtype=torch.float32, device=device)
    softmax_kernel[lambda meta: (triton.cdiv(512, meta["BLOCK"]),)](x, out, out_2, softmax, 512)
    return softmax


def get_inputs():
    return [torch.randn(4, 8, 16)]
