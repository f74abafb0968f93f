"""What a reference runs with by accident is not asked of a candidate, and what it means is."""

from __future__ import annotations

from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts

START = """
import torch
from torch import nn
"""
NO_INIT = """
def get_init_inputs():
    return []
"""
RECURRENCE = (
    START
    + """
class Model(nn.Module):
    def forward(self, a, b):
        h, out = torch.zeros_like(b[:, 0]), []
        for t in range(b.shape[1]):
            h = a[:, t] * h + b[:, t]
            out.append(h)
        return torch.stack(out, 1)

def get_inputs():
    return [torch.rand(3, 6), torch.randn(3, 6)]
"""
    + NO_INIT
)
SCAN = """
import torch, triton
import triton.language as tl
from torch import nn

@triton.jit
def combine(a, b, a2, b2):
    return a * a2, a2 * b + b2

@triton.jit
def scan(a, b, o, T, B: tl.constexpr):
    row, t = tl.program_id(0), tl.arange(0, B)
    x = tl.load(a + row * T + t, mask=t < T, other=1.0)
    y = tl.load(b + row * T + t, mask=t < T, other=0.0)
    _, h = tl.associative_scan((x, y), 0, combine)
    tl.store(o + row * T + t, h, mask=t < T)

class ModelNew(nn.Module):
    def forward(self, a, b):
        o = torch.empty_like(b)
        scan[(b.shape[0],)](a, b, o, b.shape[1], B=triton.next_power_of_2(b.shape[1]))
        return o
"""
LENGTHS = (
    START
    + """
class Model(nn.Module):
    def forward(self, x, lengths):
        kept = torch.arange(x.shape[1])[None, :] < lengths[:, None]
        return (x * kept).sum(1)

def get_inputs():
    return [torch.randn(4, 10), torch.randint(1, 11, (4,))]
"""
    + NO_INIT
)
SUMMED = """
import torch, triton
import triton.language as tl
from torch import nn

@triton.jit
def summed(x, lengths, o, T, B: tl.constexpr):
    row, total = tl.program_id(0), 0.0
    for t in range(0, tl.load(lengths + row)):
        total += tl.load(x + row * T + t)
    tl.store(o + row, total)

class ModelNew(nn.Module):
    def forward(self, x, lengths):
        o = torch.empty(x.shape[0], device=x.device, dtype=x.dtype)
        summed[(x.shape[0],)](x, lengths, o, x.shape[1], B=16)
        return o
"""


def test_an_input_of_which_more_is_given_than_read(bench: Bench) -> None:
    found = verify_texts(RECURRENCE, SCAN, bench=bench)
    assert found.passed, found.detail


def test_lengths_stay_within_the_axis_that_they_are_of(bench: Bench) -> None:
    found = verify_texts(LENGTHS, SUMMED, bench=bench)
    assert found.passed, found.detail
