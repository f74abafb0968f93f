"""Autotuned tiles with block pointers, gelu in the epilogue."""
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def gelu(z, TANH: tl.constexpr):
    if TANH:
        u = 0.7978845608028654 * (z + 0.044715 * z * z * z)
        t = 2.0 / (1.0 + tl.exp(-2.0 * u)) - 1.0
        return 0.5 * z * (1.0 + t)
    else:
        return 0.5 * z * (1.0 + tl.erf(z * 0.7071067811865476))


@triton.autotune(configs=[triton.Config({"BM": 16, "BN": 32, "BK": 16}, num_warps=2), triton.Config({"BM": 32, "BN": 16, "BK": 32}, num_warps=4)], key=["M", "N", "K"])
@triton.jit
def fused(x_ptr, w_ptr, b_ptr, y_ptr, M, N, K, TANH: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    pm, pn = tl.program_id(0), tl.program_id(1)
    xb = tl.make_block_ptr(x_ptr, shape=(M, K), strides=(K, 1), offsets=(pm * BM, 0), block_shape=(BM, BK), order=(1, 0))
    wb = tl.make_block_ptr(w_ptr, shape=(K, N), strides=(1, K), offsets=(0, pn * BN), block_shape=(BK, BN), order=(0, 1))
    acc = tl.zeros((BM, BN), dtype=tl.float32)
    for _ in range(0, K, BK):
        a = tl.load(xb, boundary_check=(0, 1), padding_option="zero")
        w = tl.load(wb, boundary_check=(0, 1), padding_option="zero")
        acc = tl.dot(a, w, acc, input_precision="ieee")
        xb = tl.advance(xb, (0, BK))
        wb = tl.advance(wb, (BK, 0))
    n = pn * BN + tl.arange(0, BN)
    acc += tl.load(b_ptr + n, mask=n < N, other=0.0)[None, :]
    yb = tl.make_block_ptr(y_ptr, shape=(M, N), strides=(N, 1), offsets=(pm * BM, pn * BN), block_shape=(BM, BN), order=(1, 0))
    tl.store(yb, gelu(acc, TANH), boundary_check=(0, 1))


class ModelNew(nn.Module):
    def __init__(self, fin, fout, approximate="none"):
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ValueError("none or tanh")
        self.lin = nn.Linear(fin, fout)
        self.approximate = approximate

    def forward(self, x):
        if x.dim() != 2 or x.shape[1] != self.lin.in_features:
            raise ValueError("(rows, in_features)")
        x = x.contiguous()
        M, K = x.shape
        N = self.lin.out_features
        y = torch.empty((M, N), device=x.device, dtype=x.dtype)
        if M > 0:
            fused[lambda meta: (triton.cdiv(M, meta["BM"]), triton.cdiv(N, meta["BN"]))](x, self.lin.weight, self.lin.bias, y, M, N, K, TANH=self.approximate == "tanh")
        return y
