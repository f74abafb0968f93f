"""The convolution is left to the library, as the reference does it; bias and relu are a kernel, in place."""
import torch
from torch import nn
import triton
import triton.language as tl
import torch.nn.functional as F


@triton.jit
def bias_relu(y_ptr, b_ptr, n, C, HW, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    ok = i < n
    v = tl.load(y_ptr + i, mask=ok, other=0.0) + tl.load(b_ptr + (i // HW) % C, mask=ok, other=0.0)
    tl.store(y_ptr + i, tl.maximum(v, 0.0), mask=ok)


class ModelNew(nn.Module):
    def __init__(self, cin, cout, groups=2, stride=1, padding=1):
        super().__init__()
        self.groups, self.stride, self.padding = groups, stride, padding
        self.weight = nn.Parameter(torch.randn(cout, cin // groups, 3, 3) * 0.3)
        self.bias = nn.Parameter(torch.randn(cout))

    def forward(self, x):
        y = F.conv2d(x, self.weight, None, self.stride, self.padding, 1, self.groups).contiguous()
        n = y.numel()
        if n:
            bias_relu[(triton.cdiv(n, 256),)](y, self.bias, n, y.shape[1], y.shape[2] * y.shape[3], BLOCK=256)
        return y
