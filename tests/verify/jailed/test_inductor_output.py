"""Inductor's own output, as data sets hold it: private imports, `call(args)`, a launch with `grid(n)`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.verify.texts import changed
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.pair import verify_texts

REFERENCE = """
import torch
import torch.nn as nn


class ReluLinear(nn.Module):
    def __init__(self, features):
        super(ReluLinear, self).__init__()
        self.linear = nn.Linear(features, 8)

    def forward(self, x):
        return torch.relu(self.linear(x))


def get_inputs():
    return [torch.rand([4, 4, 4, 4])]


def get_init_inputs():
    return [[], {'features': 4}]
"""
CANDIDATE = """
import torch
from torch._inductor.select_algorithm import extern_kernels
import triton
import triton.language as tl
from torch._inductor.runtime.triton_heuristics import grid
from torch._C import _cuda_getCurrentRawStream as get_raw_stream
from torch._inductor.runtime import triton_helpers
import torch.nn as nn
assert_size_stride = torch._C._dynamo.guards.assert_size_stride
empty_strided_cuda = torch._C._dynamo.guards._empty_strided_cuda
reinterpret_tensor = torch._C._dynamo.guards._reinterpret_tensor


@triton.jit
def triton_poi_fused_relu_0(in_out_ptr0, in_ptr0, xnumel, XBLOCK: tl.constexpr):
    xnumel = 512
    xoffset = tl.program_id(0) * XBLOCK
    xindex = xoffset + tl.arange(0, XBLOCK)[:]
    xmask = xindex < xnumel
    x2 = xindex
    x0 = xindex % 8
    tmp0 = tl.load(in_out_ptr0 + x2, xmask)
    tmp1 = tl.load(in_ptr0 + x0, xmask, eviction_policy='evict_last')
    tmp2 = tmp0 + tmp1
    tmp3 = tl.full([1], 0, tl.int32)
    tmp4 = triton_helpers.maximum(tmp3, tmp2)
    tl.store(in_out_ptr0 + x2, tmp4, xmask)


def call(args):
    primals_1, primals_2, primals_3 = args
    args.clear()
    assert_size_stride(primals_1, (8, 4), (4, 1))
    assert_size_stride(primals_3, (4, 4, 4, 4), (64, 16, 4, 1))
    with torch.cuda._DeviceGuard(0):
        torch.cuda.set_device(0)
        buf0 = empty_strided_cuda((64, 8), (8, 1), torch.float32)
        extern_kernels.mm(reinterpret_tensor(primals_3, (64, 4), (4, 1), 0),
                          reinterpret_tensor(primals_1, (4, 8), (1, 4), 0), out=buf0)
        buf1 = reinterpret_tensor(buf0, (4, 4, 4, 8), (128, 32, 8, 1), 0)
        get_raw_stream(0)
        triton_poi_fused_relu_0[grid(512)](buf1, primals_2, 512, XBLOCK=128, num_warps=4, num_stages=1)
    return buf1, reinterpret_tensor(primals_3, (64, 4), (4, 1), 0)


class ReluLinearNew(nn.Module):
    def __init__(self, features):
        super(ReluLinearNew, self).__init__()
        self.linear = nn.Linear(features, 8)

    def forward(self, input_0):
        output = call([self.linear.weight, self.linear.bias, input_0])
        return output[0]
"""


@pytest.fixture(scope="module")
def prepared() -> Iterator[Bench]:
    with open_bench(inductor=True) as bench:
        yield bench


def test_inductors_own_output_is_judged_as_it_is(prepared: Bench) -> None:
    found = verify_texts(REFERENCE, CANDIDATE, bench=prepared)
    assert found.passed, (found.reason, found.detail)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("xindex % 8", "xindex // 64", "wrong_values"), ("tmp0 + tmp1", "tmp0", "wrong_values"),
     ("return output[0]", "return torch.relu(self.linear(input_0))", "torch_fallback")],
)  # fmt: skip
def test_what_is_wrong_in_it_is_found(old: str, new: str, reason: str, prepared: Bench) -> None:
    found = verify_texts(REFERENCE, changed(CANDIDATE, old, new), bench=prepared)
    assert (found.passed, found.reason) == (False, reason), found.detail
