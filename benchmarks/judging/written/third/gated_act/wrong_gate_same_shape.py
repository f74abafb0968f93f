# reference: refs/gated_act.py
# why: walks both tensors with one flat index, so a gate that is broadcast is read beyond its end
import torch
import triton
import triton.language as tl


@triton.jit
def _gate(x, g, y, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    m = i < n
    a = tl.load(x + i, mask=m, other=0.0)
    b = tl.load(g + i, mask=m, other=0.0)
    y_val = 0.5 * a * (1.0 + tl.erf(a * 0.70710678118))
    tl.store(y + i, y_val * tl.sigmoid(b), mask=m)


def gated_actNew(x, gate):
    x = x.contiguous()
    gate = gate.contiguous()
    y = torch.empty_like(x)
    n = x.numel()
    if n == 0:
        return y
    _gate[(triton.cdiv(n, 512),)](x, gate, y, n, BLOCK=512)
    return y
