# reference: refs/linear_epi.py
# why: the grid has programs for blocks of rows only; a layer wider than 64 keeps unwritten columns
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _lin(x, w, b, s, y, M, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    m = tl.program_id(0) * BM + tl.arange(0, BM)
    n = tl.arange(0, BN)
    acc = tl.zeros((BM, BN), tl.float32)
    for k0 in range(0, K, BK):
        k = k0 + tl.arange(0, BK)
        xv = tl.load(x + m[:, None] * K + k[None, :], mask=(m[:, None] < M) & (k[None, :] < K), other=0.0)
        wv = tl.load(w + n[None, :] * K + k[:, None], mask=(n[None, :] < N) & (k[:, None] < K), other=0.0)
        acc += tl.dot(xv, wv, input_precision="ieee")
    acc += tl.load(b + n, mask=n < N, other=0.0)[None, :]
    acc = tl.maximum(acc, 0.0)
    ok = (m[:, None] < M) & (n[None, :] < N)
    tl.store(y + m[:, None] * N + n[None, :], acc * acc + tl.load(s + m[:, None] * N + n[None, :], mask=ok, other=0.0), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.proj = nn.Linear(fan_in, fan_out)

    def forward(self, x, skip):
        x, skip = x.contiguous(), skip.contiguous()
        M, K = x.shape
        N = self.proj.out_features
        assert K == self.proj.in_features and skip.shape == (M, N)
        y = torch.empty(M, N, device=x.device, dtype=x.dtype)
        _lin[(triton.cdiv(M, 32),)](x, self.proj.weight, self.proj.bias, skip, y, M, N, K, BM=32, BN=64, BK=32)
        return y
