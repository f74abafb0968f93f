# reference: refs/conv2d_s.py
# why: the convolution as a product that is never laid out: tl.dot over gathered patches
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _conv(x, w, bias, y, H, W, OH, OW, CIN, COUT, KS, stride, pad, M, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    m = tl.program_id(0) * BM + tl.arange(0, BM)
    n = tl.program_id(1) * BN + tl.arange(0, BN)
    img = (m // (OH * OW)).to(tl.int64)
    rem = m % (OH * OW)
    top = (rem // OW) * stride - pad
    left = (rem % OW) * stride - pad
    depth = CIN * KS * KS
    acc = tl.zeros((BM, BN), tl.float32)
    for k0 in range(0, depth, BK):
        k = k0 + tl.arange(0, BK)
        ci = k // (KS * KS)
        ky = (k // KS) % KS
        kx = k % KS
        iy = top[:, None] + ky[None, :]
        ix = left[:, None] + kx[None, :]
        ok = (m[:, None] < M) & (k[None, :] < depth) & (iy >= 0) & (iy < H) & (ix >= 0) & (ix < W)
        patch = tl.load(x + ((img[:, None] * CIN + ci[None, :]) * H + iy) * W + ix, mask=ok, other=0.0)
        wt = tl.load(w + n[None, :] * depth + k[:, None], mask=(n[None, :] < COUT) & (k[:, None] < depth), other=0.0)
        acc += tl.dot(patch, wt, input_precision="ieee")
    acc += tl.load(bias + n, mask=n < COUT, other=0.0)[None, :]
    acc = tl.where(acc < 0, 0.0, acc)
    tl.store(y + (img[:, None] * COUT + n[None, :]) * (OH * OW) + rem[:, None], acc, mask=(m[:, None] < M) & (n[None, :] < COUT))


class ModelNew(nn.Module):
    def __init__(self, cin, cout, kernel=3, stride=2, padding=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride=stride, padding=padding)
        self.k, self.s, self.p = kernel, stride, padding

    def forward(self, x):
        if x.dim() != 4 or x.shape[1] != self.conv.in_channels:
            raise ValueError("images of (batch, channels, height, width) with the right channels")
        if not all(isinstance(v, int) for v in (self.k, self.s, self.p)):
            raise NotImplementedError("one number each for kernel, stride and padding")
        if x.dtype != torch.float32:
            raise TypeError("float32 only")
        x = x.contiguous()
        b, cin, h, w = x.shape
        oh = (h + 2 * self.p - self.k) // self.s + 1
        ow = (w + 2 * self.p - self.k) // self.s + 1
        if oh < 1 or ow < 1:
            raise ValueError("the kernel does not fit")
        cout = self.conv.out_channels
        y = torch.empty(b, cout, oh, ow, device=x.device)
        m = b * oh * ow
        if m:
            _conv[(triton.cdiv(m, 32), triton.cdiv(cout, 16))](
                x, self.conv.weight.contiguous(), self.conv.bias, y, h, w, oh, ow, cin, cout, self.k, self.s, self.p, m,
                BM=32, BN=16, BK=16,
            )
        return y
