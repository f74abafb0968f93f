# reference: refs/conv2d_s.py
# why: the column is checked against the height, and both outputs are as large as the height says
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _conv_direct(x, w, b, y, CI, CO, H, W, O, KS, stride, pad, BLOCK: tl.constexpr):
    n = tl.program_id(0) // CO
    co = tl.program_id(0) % CO
    p = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    oy = p // O
    ox = p % O
    acc = tl.zeros([BLOCK], tl.float32)
    for ci in range(CI):
        for ky in range(KS):
            for kx in range(KS):
                iy = oy * stride - pad + ky
                ix = ox * stride - pad + kx
                ok = (iy >= 0) & (iy < H) & (ix >= 0) & (ix < H) & (oy < O)
                v = tl.load(x + ((n * CI + ci) * H + iy) * W + ix, mask=ok, other=0.0)
                acc += v * tl.load(w + ((co * CI + ci) * KS + ky) * KS + kx)
    acc += tl.load(b + co)
    tl.store(y + (n * CO + co) * O * O + p, tl.maximum(acc, 0.0), mask=p < O * O)


class ModelNew(nn.Module):
    def __init__(self, cin, cout, kernel=3, stride=2, padding=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride=stride, padding=padding)
        self.cfg = (kernel, stride, padding)

    def forward(self, x):
        x = x.contiguous()
        n, ci, h, w = x.shape
        assert ci == self.conv.in_channels
        k, s, p = self.cfg
        o = (h + 2 * p - k) // s + 1
        co = self.conv.out_channels
        y = torch.empty(n, co, o, o, device=x.device, dtype=x.dtype)
        _conv_direct[(n * co, triton.cdiv(o * o, 64))](
            x, self.conv.weight, self.conv.bias, y, ci, co, h, w, o, k, s, p, BLOCK=64
        )
        return y
