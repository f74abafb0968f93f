"""ReduceVar in Triton: var_kernel"""

import torch
import triton
import triton.language as tl


# var: var
@triton.jit
def var_kernel(var_ptr, x_ptr, n_rows, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x = tl.load(x_ptr + (cols + 512 * rows), mask=row_mask, other=0.0)
    total = tl.sum(tl.where(row_mask, x, 0), 1)[:, None]
    constant = tl.full([1, 1], 512, tl.int32).to(tl.float32)
    difference = x - total / constant
    squares = tl.sum(tl.where(row_mask, difference * difference, 0), 1)[:, None]
    tl.store(var_ptr + rows, squares / 511.0, mask=row_mask)


def ReduceVarNew(x):
    assert x.shape == (32, 512), x.shape
    x = x.contiguous()
    device = x.device
    var = torch.empty((32,), dtype=torch.float32, device=device)
    var_kernel[lambda meta: (triton.cdiv(32, meta["BLOCK_ROWS"]),)](
        var, x, 32, BLOCK_COLS=512, BLOCK_ROWS=1, num_warps=4,
    )
    return var


def get_inputs():
    return [torch.randn(32, 512)]
