"""Who calls a launcher: in its own file, in a benchmark, through autograd, for a GPU that is not here, at any size."""

from typing import Any

import pytest

from tests.extract.forked import extracted, forked
from tests.extract.kernels.test_launcher_inputs import KERNELS
from triton_data.records import Drop, Kernel, Pair

FUNCTION = """

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = torch.empty_like(x)
        scale_kernel[(triton.cdiv(x.numel(), 64),)](x, out, x.numel(), FACTOR=2.0, BLOCK=64)
        return out


double = Double.apply
"""
ONLY_AUTOGRAD = KERNELS[: KERNELS.index("def scale_into")] + FUNCTION
OWN_FILE = """

def test_doubled():
    results = {}
    x = torch.randn(3, 70, device="cuda")
    assert x.is_cuda and torch.cuda.get_device_properties(0).major == 9
    results["test_case_1"] = doubled(x.cuda())
    results["test_case_2"] = doubled(torch.ones(5, 9, device=x.device))
    return results


result_gold = test_doubled()
"""


def kernel_of(text):
    (found,) = (each for each in extracted({"kernels.py": text}, forked) if isinstance(each, Kernel))
    return found


def test_a_test_in_the_kernels_own_file_for_a_gpu_gives_every_call():
    kernel = kernel_of(KERNELS + OWN_FILE)
    assert kernel.inputs_from == "tests"
    space: dict[str, Any] = {}
    exec(kernel.inputs, space)
    calls = [space["get_inputs"](), *space["get_more_inputs"]()]
    assert [[tuple(each.shape) for each in call] for call in calls] == [[(3, 70)] * 2, [(5, 9)] * 2]


def test_a_test_too_large_for_the_interpreter_is_called_at_a_smaller_size():
    test = "\n\ndef test_it():\n    doubled(torch.rand(4096, 4096, device='cuda'))\n"
    kernel = kernel_of(KERNELS + test)
    assert kernel.inputs_from == "tests"
    assert "4096" not in kernel.inputs


@pytest.mark.parametrize(
    "caller",
    [
        "\n\nfor n in (70, 90):\n    print(doubled(torch.randn(n)))\n",
        "\n\ndef run_benchmark(n=70):\n    return doubled(torch.randn(n))\n",
        "\n\n@triton.testing.perf_report(triton.testing.Benchmark(x_names=['n'], x_vals=[70, 128],\n"
        "    line_arg='provider', line_vals=['triton'], line_names=['Triton'], plot_name='p', args={}))\n"
        "def speed(n, provider):\n    x = torch.randn(n, device='cuda')\n"
        "    return triton.testing.do_bench(lambda: doubled(x))\n",
    ],
)
def test_what_a_file_does_and_its_benchmarks_are_callers(caller):
    kernel = kernel_of(KERNELS + caller)
    assert kernel.inputs_from == "usage" and "70" in kernel.inputs


def test_a_function_of_autograd_is_seen_under_the_name_of_its_apply():
    test = "\n\ndef test_double():\n    double(torch.randn(70))\n"
    kernel = kernel_of(ONLY_AUTOGRAD + test)
    assert (kernel.launcher, kernel.inputs_from) == ("Double", "tests")


def test_a_kernel_that_asks_for_a_device_when_it_is_imported():
    asking = (
        "UNITS = torch.cuda.get_device_properties(torch.cuda.current_device()).multi_processor_count\n"
        "ARCH = triton.runtime.driver.active.get_current_target().arch\n\n\n@triton.jit"
    )
    text = KERNELS.replace("@triton.jit", asking).replace("BLOCK=64)", "BLOCK=64 if UNITS and ARCH else 0)")
    kernel = kernel_of(text)
    assert "UNITS = " in kernel.text and kernel.inputs_from == "deduced"


def test_what_is_missing_is_said_and_device_functions_are_told_apart():
    text = KERNELS + "\n\n@triton.jit\ndef twice(x):\n    return x + x\n\n\n@triton.jit\ndef k(x):\n    twice(x)\n"
    found = {each.name: each for each in extracted({"kernels.py": text}, forked) if isinstance(each, Kernel)}
    assert (found["twice"].called_by, found["twice"].missing) == ("k", "")
    assert found["k"].missing == "no function launches it"
    assert "nothing says what it computes" in found["scale_kernel"].missing


def test_one_usage_that_ends_its_process_costs_no_other_its_inputs():
    crash = "\n\ndef test_it():\n    doubled(torch.randn(70))\n    import os; os._exit(3)\n"
    kernel = kernel_of(KERNELS + crash)
    assert kernel.inputs_from in ("tests", "deduced")
    assert not [each for each in extracted({"k.py": KERNELS + crash}, forked) if isinstance(each, Drop | Pair)]


def test_constants_may_be_annotated_with_a_text():
    text = KERNELS.replace("BLOCK: tl.constexpr", 'BLOCK: "tl.constexpr"') + OWN_FILE
    assert kernel_of(text).inputs_from == "tests"
