# reference: refs/kl_distill.py
# why: a row in one block, more than 1024 classes are refused with a clear error
import torch
from torch import nn
import triton
import triton.language as tl


@triton.jit
def _log_probs(ptr, t, ok):
    v = tl.load(ptr, mask=ok, other=float("-inf")) / t
    v = v - tl.max(v, axis=0)
    return v - tl.log(tl.sum(tl.exp(v), axis=0))


@triton.jit
def _kl_row(s_ptr, t_ptr, out, C, temp, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    c = tl.arange(0, BLOCK)
    ok = c < C
    s = _log_probs(s_ptr + row * C + c, temp, ok)
    p = _log_probs(t_ptr + row * C + c, temp, ok)
    tl.store(out + row, tl.sum(tl.where(ok, tl.exp(p) * (p - s), 0.0), axis=0))


@triton.jit
def _batch_mean(rows, out, N, temp, BLOCK: tl.constexpr):
    acc = tl.zeros([BLOCK], tl.float32)
    for i in range(0, N, BLOCK):
        k = i + tl.arange(0, BLOCK)
        acc += tl.load(rows + k, mask=k < N, other=0.0)
    tl.store(out, tl.sum(acc, axis=0) / N * (temp * temp))


class ModelNew(nn.Module):
    def __init__(self, temperature=2.0):
        super().__init__()
        self.t = temperature

    def forward(self, student, teacher):
        if student.shape != teacher.shape or student.dim() != 2:
            raise ValueError("two matrices of one shape")
        if student.dtype != torch.float32 or teacher.dtype != torch.float32:
            raise TypeError("float32 only")
        n, c = student.shape
        if c > 1024:
            raise NotImplementedError(f"{c} classes do not fit in a block of 1024")
        if n == 0 or c == 0:
            raise ValueError("empty batch")
        rows = torch.empty(n, device=student.device)
        out = torch.empty((), device=student.device)
        t = float(self.t)
        _kl_row[(n,)](student.contiguous(), teacher.contiguous(), rows, c, t, BLOCK=triton.next_power_of_2(c))
        _batch_mean[(1,)](rows, out, n, t, BLOCK=128)
        return out
