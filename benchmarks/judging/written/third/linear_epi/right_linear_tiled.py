# reference: refs/linear_epi.py
# why: tiled tl.dot with programs in groups of rows, autotune, the epilogue in the same kernel
import torch
from torch import nn
import triton
import triton.language as tl


@triton.autotune(
    configs=[
        triton.Config({"BM": 16, "BN": 32, "BK": 32}, num_warps=4, num_stages=2),
        triton.Config({"BM": 32, "BN": 16, "BK": 16}, num_warps=2, num_stages=3),
    ],
    key=["M", "N", "K"],
)
@triton.jit
def _linear(X, W, B, S, Y, M, N, K, sxm, sxk, ssm, ssn, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    GROUP: tl.constexpr = 4
    pid = tl.program_id(0)
    tiles_m = tl.cdiv(M, BM)
    tiles_n = tl.cdiv(N, BN)
    wide = GROUP * tiles_n
    first = (pid // wide) * GROUP
    height = min(tiles_m - first, GROUP)
    pm = first + (pid % wide) % height
    pn = (pid % wide) // height
    rm = (pm * BM + tl.arange(0, BM)).to(tl.int64)
    rn = (pn * BN + tl.arange(0, BN)).to(tl.int64)
    acc = tl.zeros((BM, BN), dtype=tl.float32)
    for k0 in range(0, K, BK):
        rk = k0 + tl.arange(0, BK)
        x = tl.load(X + rm[:, None] * sxm + rk[None, :] * sxk, mask=(rm[:, None] < M) & (rk[None, :] < K), other=0.0)
        w = tl.load(W + rn[None, :] * K + rk[:, None], mask=(rn[None, :] < N) & (rk[:, None] < K), other=0.0)
        acc = tl.dot(x, w, acc, input_precision="ieee")
    acc += tl.load(B + rn, mask=rn < N, other=0.0)[None, :]
    acc = tl.maximum(acc, 0.0)
    inside = (rm[:, None] < M) & (rn[None, :] < N)
    skip = tl.load(S + rm[:, None] * ssm + rn[None, :] * ssn, mask=inside, other=0.0)
    tl.store(Y + rm[:, None] * N + rn[None, :], acc * acc + skip, mask=inside)


class ModelNew(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.proj = nn.Linear(fan_in, fan_out)

    def forward(self, x, skip):
        n, k = self.proj.weight.shape
        assert x.dim() == 2 and x.shape[1] == k, "x must be (rows, fan_in)"
        assert skip.shape == (x.shape[0], n), "skip must have the shape of the result"
        assert x.dtype == skip.dtype == torch.float32
        m = x.shape[0]
        y = torch.empty(m, n, dtype=x.dtype, device=x.device)
        if y.numel() == 0:
            return y
        grid = lambda c: (triton.cdiv(m, c["BM"]) * triton.cdiv(n, c["BN"]),)
        _linear[grid](
            x, self.proj.weight.contiguous(), self.proj.bias, skip, y, m, n, k,
            x.stride(0), x.stride(1), skip.stride(0), skip.stride(1),
        )
        return y
