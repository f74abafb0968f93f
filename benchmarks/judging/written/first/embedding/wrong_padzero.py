import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(ids, w, o, D, s, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    i = tl.load(ids + r)
    for c0 in range(0, D, BLOCK):
        c = c0 + tl.arange(0, BLOCK)
        val = tl.load(w + i * D + c, mask=c < D) * s
        val = tl.where(i == 0, 0.0, val)
        tl.store(o + r * D + c, val, mask=c < D)
class ModelNew(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.emb = nn.Embedding(n, d, padding_idx=0)
    def forward(self, ids):
        ids = ids.contiguous()
        D = self.emb.embedding_dim
        o = torch.empty(*ids.shape, D, device=ids.device, dtype=self.emb.weight.dtype)
        k[(ids.numel(),)](ids, self.emb.weight, o, D, math.sqrt(D), BLOCK=64)
        return o
