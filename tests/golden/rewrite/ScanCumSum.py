"""ScanCumSum in Triton: cumsum_kernel"""

import torch
import triton
import triton.language as tl


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


@triton.jit
def add(left, right):
    value_0 = left + right
    return value_0


# cumsum: cumsum
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_ROWS": 1}, num_warps=2),
        triton.Config({"BLOCK_ROWS": 8}, num_warps=2),
    ),
    key=["n_rows"],
)
@triton.jit
def cumsum_kernel(x_ptr, out_ptr, n_rows, BLOCK_ROWS: tl.constexpr, BLOCK_COLS: tl.constexpr):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    x = tl.load(x_ptr + (cols + 128 * rows), mask=row_mask, other=0.0)
    scanned, = tl.associative_scan((x,), 1, add)
    tl.store(out_ptr + (cols + 128 * rows), scanned, mask=row_mask)


def ScanCumSumNew(x):
    assert x.shape == (8, 128), x.shape
    x = x.contiguous()
    device = x.device
    cumsum = torch.empty((8, 128), dtype=torch.float32, device=device)
    cumsum_kernel[lambda meta: (triton.cdiv(8, meta["BLOCK_ROWS"]),)](x, cumsum, 8, BLOCK_COLS=128)
    return cumsum


def get_inputs():
    return [torch.randn(8, 128)]
