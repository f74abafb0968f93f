"""Gradients are outputs like any other, where a candidate says that it has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.texts import changed
from triton_data.pipeline.recapture import StageRecapture
from triton_data.verify.bench.bench import Bench
from triton_data.verify.jailed import gradients
from triton_data.verify.judge.pair import verify_texts

KERNELS = Path(__file__).parents[3] / "benchmarks" / "kernels"
REFERENCE = (KERNELS / "reference" / "silu_autograd.py").read_text("utf-8")
CANDIDATE = (KERNELS / "candidate" / "silu_autograd.py").read_text("utf-8")


def test_an_honest_backward_is_said_to_be_right(bench: Bench) -> None:
    found = verify_texts(REFERENCE, CANDIDATE, bench=bench)
    assert found.passed, found.detail
    assert dict(found.checks)["gradients"].startswith("input 0: ")


BEFORE = CANDIDATE.split("@triton.jit\n")[2].split("gradient = tl.load(")[0]
STRIDED = (
    (BEFORE, BEFORE.replace("n_elements, BLOCK", "n_elements, columns, row, column, BLOCK")),
    ("gradient_ptr + offsets,", "gradient_ptr + offsets // columns * row + offsets % columns * column,"),
    ("        gradient = gradient.contiguous()\n", ""),
    ("(x, gradient, out, x.numel(), BLOCK", "(x, gradient, out, x.numel(), x.shape[1], *gradient.stride(), BLOCK"),
)


def test_a_backward_may_read_what_flows_in_by_its_strides(bench: Bench) -> None:
    """They differ from call to call, and are no number that the host made of the inputs."""
    text = CANDIDATE
    for old, new in STRIDED:
        text = changed(text, old, new)
    found = verify_texts(REFERENCE, text, bench=bench)
    assert found.passed, found.detail
    wrong = verify_texts(REFERENCE, changed(text, "columns * row", "columns * column"), bench=bench)
    assert (wrong.passed, wrong.detail.startswith("gradients")) == (False, True), wrong.detail


WRONG = {
    "a sign": ("(1.0 - gate)", "(1.0 + gate)", "wrong_values"),
    "nothing flows in": ("gradient * gate", "gate", "wrong_values"),
    "a mask": ("tl.store(out_ptr + offsets, gradient", "tl.store(out_ptr + offsets + 1, gradient", "out_of_bounds"),
    "half of it": ("out, x.numel(), BLOCK=128)\n        return out\n\n\nclass", "out, x.numel() // 2, BLOCK=128)\n"
                   "        return out\n\n\nclass", "uninitialised_read"),
    "an error": ("(x,) = ctx.saved_tensors", "(x, y) = ctx.saved_tensors", "crash"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_backward_is_found_although_all_outputs_are_right(name: str, bench: Bench) -> None:
    old, new, reason = WRONG[name]
    found = verify_texts(REFERENCE, changed(CANDIDATE, old, new), bench=bench)
    assert (found.passed, found.reason) == (False, reason), found.detail
    assert found.detail.startswith("gradients")


def test_what_torch_computes_in_backward_counts_only_where_all_gradients_are_asked_for(bench: Bench) -> None:
    by_torch = (
        "x, = ctx.saved_tensors\n        gate = torch.sigmoid(x)\n        return gradient * gate * (1 + x * (1 - gate))"
    )
    start, end = CANDIDATE.index("(x,) = ctx"), CANDIDATE.index("\n\n\nclass ModelNew")
    text = CANDIDATE[:start] + by_torch + CANDIDATE[end:]
    assert verify_texts(REFERENCE, text, bench=bench).passed
    found = verify_texts(REFERENCE, text, bench=bench, with_gradients=True)
    assert (found.passed, found.reason) == (False, "torch_fallback"), found.detail


def test_a_gradient_may_be_left_out_by_hand_but_not_in_training(bench: Bench) -> None:
    start, end = CANDIDATE.index("(x,) = ctx"), CANDIDATE.index("\n\n\nclass ModelNew")
    text = CANDIDATE[:start] + "return None" + CANDIDATE[end:]
    found = verify_texts(REFERENCE, text, bench=bench)
    assert found.passed and dict(found.checks)["gradients"] == "none given"
    found = verify_texts(REFERENCE, text, bench=bench, with_gradients=True)
    assert (found.passed, found.reason) == (False, "wrong_structure"), found.detail


@pytest.mark.parametrize(
    ("body", "claims"),
    [("return x", True), ("raise NotImplementedError", False), ("pass", False), ("return None, x", True)],
)
def test_a_backward_that_only_raises_claims_nothing(body: str, claims: bool) -> None:
    text = f"class F(torch.autograd.Function):\n    @staticmethod\n    def backward(ctx, x):\n        {body}\n"
    assert gradients.defines_backward(text) is claims


BATCH_NORM = """
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(6)

    def forward(self, x):
        return self.norm(x)


def get_inputs():
    return [torch.randn(16, 6)]
"""


@pytest.mark.slow
def test_what_a_call_leaves_in_the_weights_is_not_what_the_next_one_starts_from(bench: Bench) -> None:
    with StageRecapture().resources() as recapture:
        made = recapture(BATCH_NORM, "Model", "training")
    assert made is not None
    found = verify_texts(BATCH_NORM, made.text, bench=bench, externs=made.externs, training=True, with_gradients=True)
    assert found.passed, found.detail
