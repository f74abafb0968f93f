"""The same checks on a GPU, and those that only a GPU has. Run with: python -m pytest -m gpu tests/verify"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import torch

from tests.verify.judge.test_backward import CANDIDATE as WITH_BACKWARD
from tests.verify.judge.test_backward import REFERENCE as DIFFERENTIABLE
from tests.verify.judge.test_kernel_alone import INPUTS
from tests.verify.judge.test_kernel_alone import TEXT as ALONE
from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.jail import GPU
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.bench.devices import Devices
from triton_data.verify.judge.kernel_alone import verify_kernel
from triton_data.verify.judge.pair import verify_texts
from triton_data.verify.wire.task import task_of

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")]
CHEATS = Path(__file__).parents[2] / "attacks" / "cheats"
KERNELS = Path(__file__).parents[3] / "benchmarks" / "kernels"


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
    ("old", "new", "reason"),
    [
        ("return out", "return out", "no_reference"),
        ("at, mask=at < columns, other=0.0)", "at)", "out_of_bounds"),
        ("    return out", "    return x.sum(1)", "decoy"),
    ],
)
def test_a_kernel_alone(old: str, new: str, reason: str, gpu: Bench) -> None:
    found = verify_kernel(changed(ALONE, old, new) + INPUTS, device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, reason), found.detail


@pytest.mark.parametrize(
    ("name", "attacks", "reason"),
    [("reads_past_the_end", "row_sum", "out_of_bounds"), ("other_stream", "softmax", "tampering")],
)
def test_what_only_a_device_can_hide_is_seen(name: str, attacks: str, reason: str, gpu: Bench) -> None:
    reference = (KERNELS / "reference" / f"{attacks}.py").read_text("utf-8")
    found = verify_texts(reference, (CHEATS / f"{name}.py").read_text("utf-8"), device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, reason), found.detail


def test_inputs_for_labels_end_no_verdict(gpu: Bench) -> None:
    """Rows that offsets name and that are not there: illegal on a GPU, and nobody's fault."""
    from triton_data.generate.templates.dataset import chosen

    entry = chosen(12_000, 0, ["jagged_softmax"])[0]
    found = verify_texts(entry.python_code, entry.triton_code, device="cuda", bench=gpu)
    assert found.passed and "empty inputs" in dict(found.checks), found.detail


def test_gradients_are_compared_there_too(gpu: Bench) -> None:
    found = verify_texts(DIFFERENTIABLE, WITH_BACKWARD, device="cuda", bench=gpu)
    assert found.passed and dict(found.checks)["gradients"].startswith("input 0"), found.detail
    wrong = changed(WITH_BACKWARD, "(1.0 - gate)", "(1.0 + gate)")
    found = verify_texts(DIFFERENTIABLE, wrong, device="cuda", bench=gpu)
    assert (found.passed, found.reason) == (False, "wrong_values"), found.detail


def test_a_gpu_that_does_not_answer_proves_nothing_and_is_left_out(gpu: Bench, tmp_path: Path) -> None:
    """One more than there are: nothing answers at that number."""
    assert gpu.devices is not None
    there = gpu.devices.count
    bench = Bench(gpu.jail, devices=Devices(tmp_path, there + 1, places=1), layers=gpu.layers)
    assert bench.devices is not None
    with ExitStack() as held:
        assert [held.enter_context(bench.devices.place()) for _ in range(there)] == list(range(there))
        found = verify_texts(REFERENCE, CANDIDATE, device="cuda", bench=bench)
    assert (found.reason, found.open) == ("device_failed", True), found.detail
    assert list(bench.devices.left_out()) == [there]
    assert verify_texts(REFERENCE, CANDIDATE, device="cuda", bench=bench).passed


def test_a_task_sees_the_gpu_that_it_was_given_and_no_other(gpu: Bench) -> None:
    task = task_of("triton_data.verify.jailed.cuda.chosen:names")
    alone = gpu.run(task, GPU)
    assert isinstance(alone.value, list) and len(alone.value) == 1


ONE_TOO_FAR = """
import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def twice(x_ptr, out_ptr, n_cols, BLOCK: tl.constexpr):
    row, cols = tl.program_id(0), tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * n_cols + cols)
    tl.store(out_ptr + row * n_cols + cols, x * 2, mask=cols < n_cols)


class ModelNew(nn.Module):
    def forward(self, x):
        assert x.shape[1] == 127, "one block of 128 has it"
        out = torch.empty_like(x)
        twice[(x.shape[0],)](x, out, x.shape[1], BLOCK=128)
        return out
"""

DOUBLED = """
import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x):
        return x * 2


def get_inputs():
    return [torch.randn(3, 127)]


def get_init_inputs():
    return []
"""


def test_compute_sanitizer_sees_a_read_of_the_bytes_that_only_align() -> None:
    with open_bench("cuda", allow_unsafe=True) as unsafe:
        _sanitize(unsafe)


def _sanitize(gpu: Bench) -> None:
    masked = changed(ONE_TOO_FAR, "n_cols + cols)\n", "n_cols + cols, mask=cols < n_cols)\n")
    honest = verify_texts(DOUBLED, masked, device="cuda", bench=gpu, sanitized=("memcheck", "racecheck"))
    assert honest.passed, honest.detail
    checks = dict(honest.checks)
    assert checks["compute-sanitizer memcheck"] == checks["compute-sanitizer racecheck"] == "0 errors"
    found = verify_texts(DOUBLED, ONE_TOO_FAR, device="cuda", bench=gpu, sanitized=("memcheck",))
    assert (found.reason, "Invalid __global__ read" in found.detail) == ("out_of_bounds", True), found.detail
