# reference: refs/rmsnorm_res.py
# why: one program a row, the whole row in one block; nothing to do for empty input
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def rms_row(x_ptr, res_ptr, w_ptr, y_ptr, h_ptr, dim, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    c = tl.arange(0, BLOCK)
    m = c < dim
    h = tl.load(x_ptr + row * dim + c, mask=m, other=0.0) + tl.load(res_ptr + row * dim + c, mask=m, other=0.0)
    ms = tl.sum(h * h, axis=0) / dim
    w = tl.load(w_ptr + c, mask=m, other=0.0)
    tl.store(h_ptr + row * dim + c, h, mask=m)
    tl.store(y_ptr + row * dim + c, h * (1.0 / tl.sqrt(ms + eps)) * w, mask=m)


class ModelNew(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x, residual):
        assert x.shape == residual.shape, "no broadcasting"
        assert x.shape[-1] == self.weight.numel(), "last axis must fit the weight"
        assert x.dtype == residual.dtype == torch.float32
        x, residual = x.contiguous(), residual.contiguous()
        y, h = torch.empty_like(x), torch.empty_like(x)
        if x.numel() == 0:
            return y, h
        dim = x.shape[-1]
        rows = x.numel() // dim
        rms_row[(rows,)](x, residual, self.weight, y, h, dim, self.eps, BLOCK=triton.next_power_of_2(dim))
        return y, h
