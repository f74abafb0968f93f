"""LayerLinear3d in Triton: matmul_silu_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


@triton.jit
def grouped_tile(pid, M, N, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, GROUP_M: tl.constexpr):
    tiles_m = tl.cdiv(M, BLOCK_M)
    tiles_n = tl.cdiv(N, BLOCK_N)
    first_m = pid // (GROUP_M * tiles_n) * GROUP_M
    rows = min(tiles_m - first_m, GROUP_M)
    pid_in_group = pid % (GROUP_M * tiles_n)
    return first_m + pid_in_group % rows, pid_in_group // rows


# input_1, input_2: view, t, addmm, silu
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=3),
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=3),
        triton.Config({"BLOCK_M": 32, "BLOCK_N": 64, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=3),
        triton.Config({"BLOCK_M": 16, "BLOCK_N": 32, "BLOCK_K": 32, "GROUP_M": 8}, num_warps=4, num_stages=3),
    ),
    key=["M", "N", "K"],
)
@triton.jit
def matmul_silu_kernel(
    x0_ptr, weight_ptr, bias_ptr, out_ptr, M, N, K, stride_am, stride_ak, stride_bk, stride_bn,
    stride_om,
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
            x0_ptr + rows * stride_am + ks[None, :] * stride_ak, mask=row_mask & (ks[None, :] < K),
            other=0.0,
        )
        b = tl.load(
            weight_ptr + ks[:, None] * stride_bk + cols * stride_bn,
            mask=(ks[:, None] < K) & col_mask, other=0.0,
        )
        acc = tl.dot(a, b, acc, input_precision="ieee")
    bias = tl.load(bias_ptr + cols, mask=col_mask)
    shifted = bias + acc
    out = shifted / (libdevice.exp(-shifted) + 1.0)
    tl.store(out_ptr + rows * stride_om + cols, out, mask=row_mask & col_mask)


class LayerLinear3dNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(64, 32), nn.SiLU())

    def forward(self, x0):
        assert x0.shape == (4, 8, 64), x0.shape
        x0 = x0.contiguous()
        assert self.layer[0].weight.shape == (32, 64), self.layer[0].weight.shape
        device = x0.device
        input_2 = torch.empty((4, 8, 32), dtype=torch.float32, device=device)
        M, N, K = x0.shape[0] * x0.shape[1], self.layer[0].weight.shape[0], x0.shape[2]
        grid = lambda meta: (triton.cdiv(M, meta["BLOCK_M"]) * triton.cdiv(N, meta["BLOCK_N"]),)
        matmul_silu_kernel[grid](
            x0, self.layer[0].weight, self.layer[0].bias, input_2, M, N, K, x0.stride(1),
            x0.stride(2), self.layer[0].weight.stride(1), self.layer[0].weight.stride(0),
            input_2.stride(1),
        )
        return input_2


def get_inputs():
    return [torch.randn(4, 8, 64)]


def get_init_inputs():
    return []
