"""The same checks on a GPU, and those that only a GPU has. Run with: python -m pytest -m gpu tests/verify"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.verify.test_gradients import CANDIDATE as WITH_BACKWARD
from tests.verify.test_gradients import REFERENCE as DIFFERENTIABLE
from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench import Bench
from triton_data.verify.verify import open_bench, verify_texts

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")]
CHEATS = Path(__file__).parents[1] / "attacks" / "cheats"
KERNELS = Path(__file__).parents[2] / "benchmarks" / "kernels"


@pytest.fixture(scope="module")
def gpu() -> Iterator[Bench]:
    with open_bench("cuda") as opened:
        yield opened


def test_an_honest_candidate_passes_and_is_timed(gpu: Bench) -> None:
    found = verify_texts(REFERENCE, CANDIDATE, device="cuda", bench=gpu, timed=True)
    assert found.passed, found.detail
    checks = dict(found.checks)
    assert checks["other sizes"].startswith("right at")
    assert "max-autotune" in checks["speedup"] and "ms at best" in checks["roofline"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("* scale\n", "* 1.0\n", "wrong_values"),
        ("y, mask=mask)", "y)", "out_of_bounds"),
        ("cols, mask=mask, other=0.0)\n    scale", "cols)\n    scale", "out_of_bounds"),
        ("return out", "return torch.relu(x) * self.scale", "torch_fallback"),
    ],
)
def test_one_thing_wrong_is_found_and_named(old: str, new: str, reason: str, gpu: Bench) -> None:
    found = verify_texts(REFERENCE, changed(CANDIDATE, old, new), device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, reason), found.detail


@pytest.mark.parametrize(
    ("name", "attacks", "reason"),
    [("reads_past_the_end", "row_sum", "out_of_bounds"), ("other_stream", "softmax", "tampering")],
)
def test_what_only_a_device_can_hide_is_seen(name: str, attacks: str, reason: str, gpu: Bench) -> None:
    reference = (KERNELS / "reference" / f"{attacks}.py").read_text("utf-8")
    found = verify_texts(reference, (CHEATS / f"{name}.py").read_text("utf-8"), device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, reason), found.detail


def test_gradients_are_compared_there_too(gpu: Bench) -> None:
    found = verify_texts(DIFFERENTIABLE, WITH_BACKWARD, device="cuda", bench=gpu)
    assert found.passed and dict(found.checks)["gradients"].startswith("input 0"), found.detail
    wrong = changed(WITH_BACKWARD, "(1.0 - gate)", "(1.0 + gate)")
    found = verify_texts(DIFFERENTIABLE, wrong, device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, "wrong_values"), found.detail
