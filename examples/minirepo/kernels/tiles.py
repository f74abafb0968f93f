"""Kernels over two-dimensional tiles."""

import torch
import triton as tr
import triton.language as tl


def _configs() -> list[tr.Config]:
    return [
        tr.Config({"BLOCK_M": m, "BLOCK_N": n, "BLOCK_K": 32}, num_warps=4, num_stages=3)
        for m, n in ((32, 32), (64, 64))
    ]


@tr.jit
def _leaky(x, SLOPE: tl.constexpr):
    return tl.where(x > 0, x, SLOPE * x)


@tr.autotune(configs=_configs(), key=["m", "n", "k"])
@tr.jit
def linear_kernel(
    x_ptr, weight_ptr, bias_ptr, out_ptr,
    m, n, k,
    stride_xm, stride_wn, stride_om,
    SLOPE: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """out = leaky_relu(x @ weight.T + bias)"""
    rows = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    columns = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)
    total = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for start in range(0, k, BLOCK_K):
        inner = start + tl.arange(0, BLOCK_K)
        x = tl.load(
            x_ptr + rows[:, None] * stride_xm + inner[None, :],
            mask=(rows[:, None] < m) & (inner[None, :] < k),
            other=0.0,
        )
        weight = tl.load(
            weight_ptr + columns[None, :] * stride_wn + inner[:, None],
            mask=(columns[None, :] < n) & (inner[:, None] < k),
            other=0.0,
        )
        total += tl.dot(x, weight)
    bias = tl.load(bias_ptr + columns, mask=columns < n, other=0.0)
    out = _leaky(total + bias[None, :], SLOPE)
    tl.store(
        out_ptr + rows[:, None] * stride_om + columns[None, :],
        out,
        mask=(rows[:, None] < m) & (columns[None, :] < n),
    )


def linear(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, slope: float = 0.01) -> torch.Tensor:
    m, k = x.shape
    n = weight.shape[0]
    out = x.new_empty(m, n)

    def grid(meta):
        return tr.cdiv(m, meta["BLOCK_M"]), tr.cdiv(n, meta["BLOCK_N"])

    linear_kernel[grid](x, weight, bias, out, m, n, k, x.stride(0), weight.stride(0), out.stride(0), SLOPE=slope)
    return out


class Transpose:
    """A kernel that lives in a class, beside the method that launches it."""

    TILE = 32

    @staticmethod
    @tr.jit
    def kernel(x_ptr, out_ptr, rows, columns, TILE: tl.constexpr):
        r = tl.program_id(0) * TILE + tl.arange(0, TILE)
        c = tl.program_id(1) * TILE + tl.arange(0, TILE)
        inside = (r[:, None] < rows) & (c[None, :] < columns)
        tile = tl.load(x_ptr + r[:, None] * columns + c[None, :], mask=inside)
        tl.store(out_ptr + c[:, None] * rows + r[None, :], tl.trans(tile), mask=tl.trans(inside))

    @classmethod
    def apply(cls, x: torch.Tensor) -> torch.Tensor:
        rows, columns = x.shape
        out = x.new_empty(columns, rows)
        grid = (tr.cdiv(rows, cls.TILE), tr.cdiv(columns, cls.TILE))
        cls.kernel[grid](x, out, rows, columns, TILE=cls.TILE)
        return out


@tr.jit
def gather_rows_kernel(table_ptr, index_ptr, out_ptr, width, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    source = tl.load(index_ptr + row)
    values = tl.load(table_ptr + source * width + offsets, mask=offsets < width)
    tl.store(out_ptr + row * width + offsets, values, mask=offsets < width)


def gather_rows(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    width = table.shape[1]
    out = table.new_empty(index.numel(), width)
    gather_rows_kernel[(index.numel(), tr.cdiv(width, 128))](table, index, out, width, BLOCK=128)
    return out
