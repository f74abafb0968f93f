import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, idx, o, N, J, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    i = tl.load(idx + r * J + c, mask=c < J, other=0)
    tl.store(o + r * J + c, tl.load(x + r * N + i, mask=c < J), mask=c < J)
class ModelNew(nn.Module):
    def forward(self, x, idx):
        x = x.contiguous(); idx = idx.contiguous()
        o = torch.empty(idx.shape, dtype=x.dtype, device=x.device)
        J = idx.shape[1]
        k[(idx.shape[0], triton.cdiv(J, 128))](x, idx, o, x.shape[1], J, BLOCK=128)
        return o
