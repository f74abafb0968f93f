# reference: refs/int_energy.py
# why: squares in int32 and widens afterwards, which is too late for samples beyond 46340
import torch
import triton
import triton.language as tl


@triton.jit
def _energy(x, out, T, C, BT: tl.constexpr, BC: tl.constexpr):
    b = tl.program_id(0)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    acc = tl.zeros([BC], tl.int64)
    for s in range(0, T, BT):
        t = s + tl.arange(0, BT)
        v = tl.load(x + (b * T + t[:, None]) * C + c[None, :], mask=(t[:, None] < T) & (c[None, :] < C), other=0)
        acc += tl.sum((v * v).to(tl.int64), axis=0)
    tl.store(out + b * C + c, acc, mask=c < C)


def energyNew(x):
    assert x.dim() == 3 and x.dtype == torch.int32
    x = x.contiguous()
    B, T, C = x.shape
    out = torch.empty(B, C, dtype=torch.int64, device=x.device)
    _energy[(B, triton.cdiv(C, 16))](x, out, T, C, BT=16, BC=16)
    return out
