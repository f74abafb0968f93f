# reference: refs/embed_bag.py
# why: padding tokens add nothing, yet the mean is taken over all of them
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _bag_mean(tok, tab, out, L, D, BL: tl.constexpr, BD: tl.constexpr):
    b = tl.program_id(0)
    d = tl.arange(0, BD)
    acc = tl.zeros([BL, BD], tl.float32)
    for s in range(0, L, BL):
        l = s + tl.arange(0, BL)
        t = tl.load(tok + b * L + l, mask=l < L, other=0)
        ok = (t[:, None] != 0) & (d[None, :] < D)
        acc += tl.load(tab + t[:, None] * D + d[None, :], mask=ok, other=0.0)
    tl.store(out + b * D + d, tl.sum(acc, axis=0) / L, mask=d < D)


class ModelNew(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocab, dim))

    def forward(self, tokens):
        tokens = tokens.contiguous()
        B, L = tokens.shape
        D = self.table.shape[1]
        out = torch.empty(B, D, device=tokens.device, dtype=self.table.dtype)
        _bag_mean[(B,)](tokens, self.table, out, L, D, BL=8, BD=triton.next_power_of_2(D))
        return out
