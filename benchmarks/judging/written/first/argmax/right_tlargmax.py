import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, oi, ov, N, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    v = tl.load(x + r * N + c, mask=c < N, other=float("-inf"))
    m = tl.max(v, 0)
    tl.store(oi + r, tl.argmax(v, 0))
    tl.store(ov + r, m)
def argmax_rowsNew(x):
    x = x.contiguous()
    oi = torch.empty(x.shape[:-1], dtype=torch.int64, device=x.device)
    ov = torch.empty(x.shape[:-1], dtype=x.dtype, device=x.device)
    N = x.shape[-1]
    k[(oi.numel(),)](x, oi, ov, N, BLOCK=triton.next_power_of_2(N))
    return oi, ov
