"""ReduceSum in Triton: sum_kernel"""

import torch
import triton
import triton.language as tl


# sum_1: sum
@triton.jit
def sum_kernel(x_ptr, out_ptr, n_rows, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x = tl.load(x_ptr + (cols + 512 * rows), mask=row_mask, other=0.0)
    out = tl.sum(tl.where(row_mask, x, 0), 1)[:, None]
    tl.store(out_ptr + rows, out, mask=row_mask)


def ReduceSumNew(x):
    assert x.shape == (32, 512), x.shape
    x = x.contiguous()
    device = x.device
    sum_2 = torch.empty((32,), dtype=torch.float32, device=device)
    sum_kernel[lambda meta: (triton.cdiv(32, meta["BLOCK_ROWS"]),)](
        x, sum_2, 32, BLOCK_COLS=512, BLOCK_ROWS=1, num_warps=4,
    )
    return sum_2


def get_inputs():
    return [torch.randn(32, 512)]
