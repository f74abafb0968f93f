"""One honest candidate, and what becomes of it when one thing in it is wrong."""

from __future__ import annotations

import pytest

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts


def test_an_honest_candidate_passes_and_says_how(bench: Bench) -> None:
    found = verify_texts(REFERENCE, CANDIDATE, bench=bench)
    assert found.passed, found
    checks = dict(found.checks)
    assert checks["measured against"] == "float64"
    assert "relu_scale" in checks["kernels launched"]
    assert int(checks["seeds"]) >= 5
    assert any(layer.startswith("seccomp") for layer in found.layers)


WRONG = {
    "a lost weight": ("* scale\n", "* 1.0\n", "wrong_values"),
    "a wrong constant": ("x, 0.0) *", "x, 0.001) *", "wrong_values"),
    "bfloat16 inside": ("* scale\n", "* scale.to(tl.bfloat16).to(tl.float32)\n", "wrong_values"),
    "no mask at the store": ("y, mask=mask)", "y)", "out_of_bounds"),
    "no mask at the load": ("cols, mask=mask, other=0.0)\n    scale", "cols)\n    scale", "out_of_bounds"),
    "one column too few": ("cols < n_cols", "cols < n_cols - 1", "uninitialised_read"),
    "one row too few": ("[(x.shape[0],)]", "[(x.shape[0] - 1,)]", "uninitialised_read"),
    "two programs, one row": ("tl.program_id(0)", "tl.program_id(0) // 2 * 2", "uninitialised_read"),
    "all in one row": ("tl.store(out_ptr + row * n_cols + cols", "tl.store(out_ptr + cols", "race"),
    "into the input": ("out = torch.empty_like(x)", "out = x", "mutated_input"),
    "torch does it": ("return out", "return torch.relu(x) * self.scale", "torch_fallback"),
    "another type": ("return out", "return out.double()", "wrong_dtype"),
    "another shape": ("return out", "return out.reshape(-1)", "wrong_shape"),
    "two outputs": ("return out", "return out, out", "wrong_structure"),
    "other weights": ("self.scale = nn.Parameter(torch.ones(features))", "self.scale = torch.ones(features)",
                      "state_mismatch"),
    "a type that changes": (
        "    y = tl.where(x > 0, x, 0.0) * scale\n",
        "    y = 0\n    for _ in range(1):\n        y = tl.where(x > 0, x, 0.0) * scale\n",
        "does_not_compile",
    ),
    "no such argument": ("n_cols, BLOCK: tl", "n_cols, WIDTH: tl", "crash"),
    "a look around": ("import torch\n", "import gc\nimport torch\n\nSEEN = gc.get_objects()\n", "tampering"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_one_thing_wrong_is_found_and_named(name: str, bench: Bench) -> None:
    old, new, reason = WRONG[name]
    found = verify_texts(REFERENCE, changed(CANDIDATE, old, new), bench=bench)
    assert (found.passed, found.reason) == (False, reason), found.detail


def test_a_kernel_whose_result_nobody_uses_leaves_the_work_to_torch(bench: Bench) -> None:
    text = changed(CANDIDATE, "return out", "return x.abs() * 0.5 + x * 0.5")
    found = verify_texts(REFERENCE, text, bench=bench)
    assert (found.passed, found.reason) == (False, "torch_fallback"), found.detail


DECLARED = ("torch.ops.aten.add.Tensor", "torch.ops.aten.relu.default", "torch.ops.aten.mul.Tensor")


def test_a_kernel_whose_result_does_not_matter_is_a_decoy(bench: Bench) -> None:
    """Torch may do all of it here, because the pair declares that, and its kernel's result is added no times."""
    text = changed(CANDIDATE, "torch.empty_like(x)", "torch.zeros_like(x)")
    text = changed(text, "return out", "return torch.relu(torch.add(x, out, alpha=0)) * self.scale")
    found = verify_texts(REFERENCE, text, bench=bench, externs=DECLARED)
    assert (found.passed, found.reason) == (False, "decoy"), found.detail


def test_a_copy_of_what_torch_computed_is_no_kernel(bench: Bench) -> None:
    reference = changed(REFERENCE, "torch.relu(x) * self.scale", "x @ self.scale.diag()")
    text = changed(CANDIDATE, "x = x.contiguous()", "x = x @ self.scale.diag()")
    text = changed(text, "tl.where(x > 0, x, 0.0) * scale", "x")
    found = verify_texts(reference, text, bench=bench)
    assert (found.passed, found.reason) == (False, "torch_fallback")


OPEN = {
    "random": ("torch.relu(x) * self.scale", "torch.nn.functional.dropout(x) * self.scale", "nondeterministic"),
    "constant": ("torch.relu(x) * self.scale", "torch.zeros_like(x)", "insensitive"),
    "the input": ("torch.relu(x) * self.scale", "x * 1.0", "insensitive"),
    "no tensor": ("torch.relu(x) * self.scale", "int(x.shape[0])", "unsupported_outputs"),
    "an object": ("torch.relu(x) * self.scale", "self", "unsupported_outputs"),
    "an error": ("torch.relu(x) * self.scale", "x.no_such_method()", "reference_failed"),
}


@pytest.mark.parametrize("name", OPEN)
def test_a_reference_that_can_prove_nothing_is_named(name: str, bench: Bench) -> None:
    old, new, reason = OPEN[name]
    found = verify_texts(changed(REFERENCE, old, new), CANDIDATE, bench=bench)
    assert (found.passed, found.reason, found.open) == (False, reason, True), found.detail


BOOKS = """
import torch


def model(x, target):
    kept = target != -100
    return torch.where(kept, x, 0.0).sum() / kept.sum()


def get_inputs():
    return [torch.randn(40), torch.where(torch.rand(40) < 0.3, -100, torch.arange(40))]
"""

BOOKKEEPER = """
import torch
import triton
import triton.language as tl


@triton.jit
def mean_kernel(x_ptr, target_ptr, out_ptr, kept, n, share, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n, other=0.0)
    target = tl.load(target_ptr + at, mask=at < n, other=-100)
    tl.store(out_ptr, tl.sum(tl.where(target != -100, x, 0.0)) * share.to(tl.float32))


def model_new(x, target):
    kept = (target != -100).sum().item()
    out = torch.empty((), device=x.device)
    mean_kernel[(1,)](x, target, out, kept, x.numel(), 1.0 / kept, BLOCK=triton.next_power_of_2(x.numel()))
    return out
"""


def test_integers_that_only_integers_lead_to_are_books_and_may_be_kept_by_torch(bench: Bench) -> None:
    found = verify_texts(BOOKS, BOOKKEEPER, bench=bench)
    assert found.passed, found.detail


def test_numbers_that_are_looked_at_as_integers_are_no_books(bench: Bench) -> None:
    bits = "x = x.contiguous()"
    text = changed(CANDIDATE, bits, "x = x.contiguous().view(torch.int32).clamp(min=0).view(torch.float32)")
    found = verify_texts(REFERENCE, text, bench=bench)
    assert (found.passed, found.reason) == (False, "torch_fallback"), found.detail
    counted = changed(CANDIDATE, bits, "x = x.contiguous() + 0 * int((x > 0).sum().item())")
    assert verify_texts(REFERENCE, counted, bench=bench).reason == "torch_fallback"
