import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, o, H, W, OH, OW, BLOCK: tl.constexpr):
    c = tl.program_id(0)
    i = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    m = i < OH * OW
    oy = i // OW
    ox = i % OW
    best = tl.full((BLOCK,), float("-inf"), tl.float32)
    for dy in tl.static_range(3):
        for dx in tl.static_range(3):
            y = oy * 2 - 1 + dy
            xx = ox * 2 - 1 + dx
            ok = m & (y >= 0) & (y < H) & (xx >= 0) & (xx < W)
            v = tl.load(x + (c * H + y) * W + xx, mask=ok, other=float("-inf"))
            best = tl.maximum(best, v, propagate_nan=tl.PropagateNan.ALL)
    tl.store(o + c * OH * OW + i, best, mask=m)
class ModelNew(nn.Module):
    def forward(self, x):
        x = x.contiguous()
        N, C, H, W = x.shape
        OH = (H + 2 - 3) // 2 + 1
        OW = (W + 2 - 3) // 2 + 1
        o = x.new_empty(N, C, OH, OW)
        k[(N * C, triton.cdiv(OH * OW, 64))](x, o, H, W, OH, OW, BLOCK=64)
        return o
