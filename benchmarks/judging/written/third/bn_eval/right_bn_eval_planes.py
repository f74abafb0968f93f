# reference: refs/bn_eval.py
# why: running statistics read in the kernel, a program for each piece of a plane
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _bn_add_relu(x, skip, y, mean, var, gain, shift, C, S, eps, BLOCK: tl.constexpr):
    plane = tl.program_id(0).to(tl.int64)
    c = plane % C
    mu = tl.load(mean + c)
    inv = 1.0 / tl.sqrt(tl.load(var + c) + eps)
    g = tl.load(gain + c)
    b = tl.load(shift + c)
    s = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    v = tl.load(x + plane * S + s, mask=s < S, other=0.0)
    r = (v - mu) * inv * g + b + tl.load(skip + plane * S + s, mask=s < S, other=0.0)
    tl.store(y + plane * S + s, tl.where(r > 0, r, 0.0), mask=s < S)


class ModelNew(nn.Module):
    def __init__(self, channels, eps=1e-3):
        super().__init__()
        self.bn = nn.BatchNorm2d(channels, eps=eps)

    def forward(self, x, skip):
        if x.dim() != 4 or x.shape[1] != self.bn.num_features or skip.shape != x.shape:
            raise ValueError("x and skip: (batch, channels, height, width)")
        if x.dtype != torch.float32 or skip.dtype != torch.float32:
            raise TypeError("float32 only")
        x, skip = x.contiguous(), skip.contiguous()
        y = torch.empty_like(x)
        n, c, h, w = x.shape
        bn = self.bn
        if y.numel():
            _bn_add_relu[(n * c, triton.cdiv(h * w, 256))](
                x, skip, y, bn.running_mean, bn.running_var, bn.weight, bn.bias, c, h * w, bn.eps, BLOCK=256
            )
        return y
