"""A size at which a program's halves are no longer halves says nothing about a kernel for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from triton_data.verify.bench.bench import Bench
from triton_data.verify.jailed.meaning.even_parts import EvenParts
from triton_data.verify.judge.pair import verify_texts

HALVES = '''
import torch
from torch import nn

class Model(nn.Module):
    def forward(self, x, scale):
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * scale - second, second * scale + first], dim=-1)

def get_inputs():
    return [torch.randn(5, 20), torch.randn(5, 20 // 2)]

def get_init_inputs():
    return []
'''  # fmt: skip
KERNEL = '''
import torch, triton
import triton.language as tl
from torch import nn

@triton.jit
def turned(x, scale, out, half, BLOCK: tl.constexpr):
    row, at = tl.program_id(0), tl.arange(0, BLOCK)
    mask = at < half
    first = tl.load(x + row * 2 * half + at, mask=mask)
    second = tl.load(x + row * 2 * half + half + at, mask=mask)
    by = tl.load(scale + row * half + at, mask=mask)
    tl.store(out + row * 2 * half + at, first * by - second, mask=mask)
    tl.store(out + row * 2 * half + half + at, second * by + first, mask=mask)

class ModelNew(nn.Module):
    def forward(self, x, scale):
        out = torch.empty_like(x)
        half = x.shape[-1] // 2
        turned[(x.shape[0],)](x, scale, out, half, BLOCK=triton.next_power_of_2(half))
        return out
'''  # fmt: skip


@pytest.mark.parametrize(
    ("width", "cut", "uneven"),
    [
        (9, lambda x: x.chunk(2, -1), True),
        (8, lambda x: x.chunk(2, -1), False),
        (9, lambda x: (x[:, ::2], x[:, 1::2]), True),
        (9, lambda x: (x[:, : 9 // 2], x[:, 9 // 2 :]), True),
        (10, lambda x: x.chunk(4, -1), True),
        (9, lambda x: (x[:, :-1], x[:, 1:]), False),
        (12, lambda x: x.split([2, 6, 4], -1), False),
        (9, lambda x: x[:, : 9 // 2], False),
    ],
)
def test_parts_that_are_nearly_equal(width: int, cut: Callable[[torch.Tensor], object], uneven: bool) -> None:
    with EvenParts() as parts:
        cut(torch.zeros(3, width))
    assert parts.uneven is uneven


def test_a_kernel_for_halves_is_asked_about_halves(bench: Bench) -> None:
    """The reference runs for 3 columns, of which one half is broadcast; the kernel is asked about even ones alone."""
    found = verify_texts(HALVES, KERNEL, bench=bench)
    assert found.passed, (found.reason, found.detail)
    one_block = KERNEL.replace("BLOCK=triton.next_power_of_2(half)", "BLOCK=16")
    wrong = verify_texts(HALVES, one_block, bench=bench)
    assert not wrong.passed and "20 as 44" in wrong.detail, wrong.detail
