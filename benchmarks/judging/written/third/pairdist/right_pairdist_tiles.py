# reference: refs/pairdist.py
# why: differences and not products, three-dimensional tiles, correctly rounded root
import torch
import triton
import triton.language as tl


@triton.jit
def _dist(x, y, out, N, M, D, BN: tl.constexpr, BM: tl.constexpr, BD: tl.constexpr):
    i = (tl.program_id(0) * BN + tl.arange(0, BN)).to(tl.int64)
    j = (tl.program_id(1) * BM + tl.arange(0, BM)).to(tl.int64)
    acc = tl.zeros([BN, BM], tl.float32)
    for s in range(0, D, BD):
        d = s + tl.arange(0, BD)
        xv = tl.load(x + i[:, None] * D + d[None, :], mask=(i[:, None] < N) & (d[None, :] < D), other=0.0)
        yv = tl.load(y + j[:, None] * D + d[None, :], mask=(j[:, None] < M) & (d[None, :] < D), other=0.0)
        diff = xv[:, None, :] - yv[None, :, :]
        acc += tl.sum(diff * diff, axis=2)
    tl.store(out + i[:, None] * M + j[None, :], tl.sqrt_rn(acc), mask=(i[:, None] < N) & (j[None, :] < M))


def pairdistNew(x, y):
    if x.dim() != 2 or y.dim() != 2 or x.shape[1] != y.shape[1]:
        raise ValueError("points of one dimension")
    if x.dtype != torch.float32 or y.dtype != torch.float32:
        raise TypeError("float32 only")
    x, y = x.contiguous(), y.contiguous()
    n, m = x.shape[0], y.shape[0]
    out = torch.empty(n, m, device=x.device)
    if out.numel():
        _dist[(triton.cdiv(n, 16), triton.cdiv(m, 16))](x, y, out, n, m, x.shape[1], BN=16, BM=16, BD=8)
    return out
