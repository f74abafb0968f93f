import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import triton
import triton.language as tl

@triton.jit
def k(x, w, idx, E, BLOCK: tl.constexpr):
    r = tl.program_id(0)
    c = tl.arange(0, BLOCK)
    v = tl.load(x + r * E + c, mask=c < E, other=float("-inf"))
    m = tl.max(v, 0)
    s = tl.sum(tl.exp(v - m), 0)
    tl.store(w + r, 1.0 / s)
    tl.store(idx + r, tl.argmax(v, 0).to(tl.int64))
class ModelNew(nn.Module):
    def forward(self, logits):
        logits = logits.contiguous()
        E = logits.shape[-1]
        R = logits.numel() // E
        w = logits.new_empty(logits.shape[:-1]); i = torch.empty(logits.shape[:-1], dtype=torch.int32, device=logits.device)
        k[(R,)](logits, w, i, E, BLOCK=triton.next_power_of_2(E))
        return w, i
