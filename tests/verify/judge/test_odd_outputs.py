"""Programs with odd outputs, inputs and habits: each ends in a defined way, and honest ones pass."""

from __future__ import annotations

import pytest

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts

HEAD = """
import torch
import triton
import triton.language as tl
from torch import nn

@triton.jit
def twice_kernel(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out_ptr + at, tl.load(x_ptr + at, mask=at < n) * 2, mask=at < n)

def twice(x):
    out = torch.empty_like(x)
    twice_kernel[(triton.cdiv(x.numel(), 64),)](x, out, x.numel(), BLOCK=64)
    return out
"""


def pair(forward: str, new_forward: str, inputs: str = "[torch.randn(4, 25)]") -> tuple[str, str]:
    start = "import torch\nfrom torch import nn\n"
    form = "\nclass Model{}(nn.Module):\n    def forward(self, x):\n        {}\n"
    given = f"\ndef get_inputs():\n    return {inputs}\n"
    return start + form.format("", forward) + given, HEAD + form.format("New", new_forward)


RIGHT = {
    "nested": ("return {'a': x * 2, 'b': [(x * 2).sum(0) * 0 + 1, (x.shape[0], 'text', None)]}",
               "return {'a': twice(x), 'b': (torch.ones_like(x[0]), [x.shape[0], 'text', None])}"),
    "in place": (
        "return x.mul_(2)",
        "twice_kernel[(triton.cdiv(x.numel(), 64),)](x, x, x.numel(), BLOCK=64)\n        return x",
    ),
    "with a view": ("return (x * 2).t()", "return twice(x).t()"),
    "an empty output beside": ("return x * 2, x[:0]", "return twice(x), x[:0]"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_candidates_with_odd_outputs(name: str, bench: Bench) -> None:
    found = verify_texts(*pair(*RIGHT[name]), bench=bench)
    assert found.passed, (found.reason, found.detail)


def test_integers_and_half_types(bench: Bench) -> None:
    for inputs in ("[torch.randint(-9, 9, (4, 25))]", "[torch.randn(4, 25).half()]", "[torch.randn(4, 25).bfloat16()]"):
        found = verify_texts(*pair("return x * 2", "return twice(x)", inputs), bench=bench)
        assert found.passed, (inputs, found.reason, found.detail)


WRONG = {
    "a value beside": ("return x * 2, 3", "return twice(x), 4", "wrong_values"),
    "a missing key": ("return {'a': x * 2}", "return {'b': twice(x)}", "wrong_structure"),
    "no change of the input": ("x.mul_(2)\n        return x + 0", "return twice(x)", "wrong_values"),
    "a lazy tensor": ("return x * 2", "return twice(x).as_subclass(torch.nn.Buffer)", "tampering"),
    "complex numbers": ("return torch.view_as_complex(x.reshape(-1, 2)) * 1j", "return torch.complex(x, x)",
                        "torch_fallback"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_candidates_with_odd_outputs(name: str, bench: Bench) -> None:
    old, new, reason = WRONG[name]
    found = verify_texts(*pair(old, new), bench=bench)
    assert (found.passed, found.reason) == (False, reason), found.detail


def test_reference_with_one_forgotten_row_of_a_large_input_is_shrunk(bench: Bench) -> None:
    """Sizes of a real task; it would take the interpreter minutes as it is."""
    texts = pair("return x * 2", "return twice(x)", "[torch.randn(4096, 2048)]")
    found = verify_texts(*texts, bench=bench)
    assert found.passed, found.detail
    assert "4096 as" in dict(found.checks)["sizes"]


def test_a_candidate_that_is_right_only_where_blocks_divide_is_found(bench: Bench) -> None:
    reference, candidate = pair("return x * 2", "return twice(x)", "[torch.randn(4, 64)]")
    assert verify_texts(reference, candidate, bench=bench).passed
    unmasked = changed(changed(candidate, ", mask=at < n) * 2", ") * 2"), "* 2, mask=at < n)", "* 2)")
    found = verify_texts(reference, unmasked, bench=bench)
    assert (found.passed, found.reason) == (False, "out_of_bounds")
    assert "other sizes" in found.detail


def test_a_candidate_that_refuses_other_sizes_is_judged_at_its_own(bench: Bench) -> None:
    text = "assert x.shape == (4, 64)\n        return twice(x)"
    found = verify_texts(*pair("return x * 2", text, "[torch.randn(4, 64)]"), bench=bench)
    assert found.passed
    assert dict(found.checks)["other sizes"] == "refused"


def test_batch_norm_may_be_meant_in_training(bench: Bench) -> None:
    reference = changed(REFERENCE, "torch.relu(x) * self.scale", "torch.nn.functional.batch_norm("
                        "x, None, None, training=True) if self.training else x * self.scale.sum()")  # fmt: skip
    kernel = """
@triton.jit
def norm(x_ptr, out_ptr, rows, n_cols, ROWS: tl.constexpr):
    column, row = tl.program_id(0), tl.arange(0, ROWS)
    mask = row < rows
    x = tl.load(x_ptr + row * n_cols + column, mask=mask, other=0.0)
    centred = tl.where(mask, x - tl.sum(x, 0) / rows, 0.0)
    variance = tl.sum(centred * centred, 0) / rows
    tl.store(out_ptr + row * n_cols + column, centred / tl.sqrt(variance + 1e-5), mask=mask)


class ModelNew"""
    text = changed(CANDIDATE, "class ModelNew", kernel.lstrip())
    call = "relu_scale[(x.shape[0],)](x, self.scale, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))"
    found = verify_texts(
        reference,
        changed(text, call, "norm[(x.shape[1],)](x, out, *x.shape, ROWS=triton.next_power_of_2(len(x)))"),
        bench=bench,
    )
    assert found.passed, found.detail
    assert dict(found.checks)["mode"].startswith("training")


GUARDS = {
    "is_cuda": "if not x.is_cuda:\n            return x * 2\n        return twice(x)",
    "device type": "if x.device.type != 'cuda':\n            return x * 2\n        return twice(x)",
    "tutorial": "assert x.device == triton.runtime.driver.active.get_active_torch_device()\n        return twice(x)",
    "moves": "return twice(x.to('cuda').cuda())",
    "guard": "with torch.cuda.device(x.device.index):\n            return twice(x)",
}


@pytest.mark.parametrize("name", GUARDS)
def test_code_that_asks_for_a_gpu_finds_one(name: str, bench: Bench) -> None:
    found = verify_texts(*pair("return x * 2", GUARDS[name]), bench=bench)
    assert found.passed, (found.reason, found.detail)


def test_the_same_question_gets_the_same_answer(bench: Bench) -> None:
    """One rounding more from the fourth call on: right each time, but not the same."""
    new = "self.calls = getattr(self, 'calls', 0) + 1\n        return twice(x) if self.calls < 4 else nearly(x)"
    reference, candidate = pair("return x * 2", "return twice(x)")
    text = candidate.replace("return twice(x)", new)
    kernel = candidate[candidate.index("@triton.jit") : candidate.index("class ModelNew")]
    other = kernel.replace("twice", "nearly").replace("* 2,", "* 2 * 1.0000002,")
    found = verify_texts(reference, text.replace("class ModelNew", f"{other}\n\nclass ModelNew"), bench=bench)
    assert not found.passed
    assert found.reason == "nondeterministic_candidate", found.detail


def test_a_few_numbers_of_a_half_type_can_still_be_told_from_coarser_ones(bench: Bench) -> None:
    reference, candidate = pair("return x.amax(-1)", "return largest(x)", "[torch.randn(6, 129).bfloat16()]")
    kernel = """
@triton.jit
def row_max(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + tl.program_id(0) * n_cols + at, mask=at < n_cols, other=float("-inf"))
    tl.store(out_ptr + tl.program_id(0), tl.max(x, 0))

def largest(x):
    out = torch.empty(x.shape[0], dtype=x.dtype, device=x.device)
    row_max[(x.shape[0],)](x, out, x.shape[1], BLOCK=triton.next_power_of_2(x.shape[1]))
    return out

class ModelNew"""
    found = verify_texts(reference, changed(candidate, "class ModelNew", kernel.lstrip()), bench=bench)
    assert found.passed, (found.reason, found.detail)
