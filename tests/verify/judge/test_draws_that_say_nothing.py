"""A draw on which the reference gives no number does not make it unstable; an optional input is given too."""

from __future__ import annotations

from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts

IGNORED = """
import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    def forward(self, logits, target):
        return F.cross_entropy(logits, target)


def get_inputs():
    target = torch.randint(0, 37, (24,))
    target[3] = -100
    return [torch.randn(24, 37), target]
"""

LOSS = """
import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def rows_kernel(x, target, loss, counted, cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    values = tl.load(x + row * cols + at, at < cols, -float("inf")).to(tl.float32)
    label = tl.load(target + row)
    used = label != -100
    top = tl.max(values)
    top = tl.where(top == -float("inf"), 0.0, top)
    total = top + tl.log(tl.sum(tl.exp(values - top)))
    own = tl.load(x + row * cols + label, used, 0.0).to(tl.float32)
    tl.store(loss + row, tl.where(used, total - own, 0.0))
    tl.store(counted + row, used.to(tl.float32))


@triton.jit
def mean_kernel(loss, counted, out, rows, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    total = tl.sum(tl.load(loss + at, at < rows, 0.0))
    tl.store(out, total / tl.sum(tl.load(counted + at, at < rows, 0.0)))


class ModelNew(nn.Module):
    def forward(self, logits, target):
        rows, cols = logits.shape
        logits, target = logits.contiguous(), target.contiguous()
        loss, counted = (torch.empty(rows, device=logits.device) for _ in range(2))
        out = torch.empty((), device=logits.device)
        rows_kernel[(rows,)](logits, target, loss, counted, cols, BLOCK=triton.next_power_of_2(cols))
        mean_kernel[(1,)](loss, counted, out, rows, BLOCK=triton.next_power_of_2(rows))
        return out
"""

SHIFTED = """
import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x, shift=None):
        y = torch.relu(x)
        return y if shift is None else y + shift


def get_inputs():
    return [torch.randn(11, 52)]
"""

FORGOTTEN = """
import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def relu_kernel(x, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + at, tl.maximum(tl.load(x + at, at < n), 0.0, propagate_nan=tl.PropagateNan.ALL), at < n)


class ModelNew(nn.Module):
    def forward(self, x, shift=None):
        x = x.contiguous()
        out = torch.empty_like(x)
        relu_kernel[(triton.cdiv(x.numel(), 256),)](x, out, x.numel(), BLOCK=256)
        return out
"""


def test_a_loss_of_ignored_labels_alone_is_no_number(bench: Bench) -> None:
    found = verify_texts(IGNORED, LOSS, bench=bench)
    assert found.passed, (found.reason, found.detail)


def test_an_optional_input_of_any_name_is_given(bench: Bench) -> None:
    found = verify_texts(SHIFTED, FORGOTTEN, bench=bench)
    assert (found.passed, found.reason) == (False, "wrong_values"), found.detail
    assert "shift=a tensor" in found.detail
