"""Programs with large inputs are judged at sizes that are not, by candidates that are made again for them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from triton_data.pipeline.recapture import StageRecapture
from triton_data.verify.bench.bench import Bench
from triton_data.verify.jailed.meaning import memory_estimate
from triton_data.verify.judge.pair import verify_texts

REFERENCE = """
import torch
from torch import nn

ROWS, COLS = 16384, 8192


class Model(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(features))

    def forward(self, x):
        return torch.relu(x) * self.scale


def get_inputs():
    return [torch.randn(ROWS, COLS)]


def get_init_inputs():
    return [COLS]
"""


FRAGMENT = """
import torch


def relu_mul(x, scale):
    return torch.relu(x) * scale


def get_inputs():
    return [torch.randn(16384, 8192), torch.rand(8192)]
"""


@pytest.fixture(scope="module")
def recapture() -> Iterator[StageRecapture]:
    with StageRecapture().resources() as held:
        yield held


def test_memory_is_told_before_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert memory_estimate.of(REFERENCE, "Model") == 4 * (3 * 16384 * 8192 + 8192), (
        "inputs, weights, and what relu and * make"
    )
    assert memory_estimate.of(REFERENCE.replace("16384, 8192", "16, 64"), "Model") == 0, "small: not worth a look"
    assert memory_estimate.of(REFERENCE.replace("torch.randn(", "nonsense("), "Model") == 0


def test_memory_is_told_beside_the_stand_in_for_a_gpu() -> None:
    """As of each size but the first that one task is asked about, and of weights that are a size's square."""
    script = (
        "from triton_data.verify.jailed import cuda_on_cpu\n"
        "from triton_data.verify.jailed.meaning import memory_estimate\n"
        "cuda_on_cpu.install()\n"
        "text = 'import torch\\nModel = torch.nn.Linear\\ndef get_inputs(): return [torch.randn(2, 4099)]\\n'\n"
        "text += 'def get_init_inputs(): return [4099, 4099]\\n'\n"
        "print(memory_estimate.of(text, 'Model'))\nimport torch\nprint(torch.ones(1).device.type)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tempfile.mkdtemp())
    assert done.stdout.split() == [str(4 * (4099 * 4099 + 4099 + 2 * 2 * 4099)), "cuda"], done.stderr


def test_a_candidate_of_one_size_is_made_again_and_judged_there(bench: Bench, recapture: StageRecapture) -> None:
    made = recapture(REFERENCE, "Model", "inference")
    assert made is not None
    assert "16384" in made.text or "134217728" in made.text, "made for its sizes only"
    found = verify_texts(REFERENCE, made.text, bench=bench, externs=made.externs, recapture=recapture)
    assert found.passed, found.detail
    assert "made again for it: 8192 as " in dict(found.checks)["sizes"]


def test_a_function_that_is_made_again_may_have_another_name(bench: Bench, recapture: StageRecapture) -> None:
    """Fragments are named by what they do, and a pair's own name for one is not the pipeline's."""
    made = recapture(FRAGMENT, "relu_mul", "inference")
    assert made is not None
    named = made.text.replace(made.entry, "scaled_relu")
    found = verify_texts(
        FRAGMENT, named, bench=bench, externs=made.externs, recapture=recapture, names=("relu_mul", "scaled_relu")
    )
    assert found.passed, found.detail
    assert "made again for it" in dict(found.checks)["sizes"]


@pytest.mark.slow
def test_one_that_cannot_be_made_again_is_too_large(bench: Bench, recapture: StageRecapture) -> None:
    made = recapture(REFERENCE, "Model", "inference")
    assert made is not None
    found = verify_texts(REFERENCE, made.text, bench=bench, externs=made.externs, seconds=20.0)
    assert (found.passed, found.reason, found.open) == (False, "too_large", True), found.detail


GENERIC = """
import torch
import triton
import triton.language as tl
from torch import nn

ROWS, COLS = 16384, 8192


@triton.jit
def relu_scale(x_ptr, scale_ptr, out_ptr, COLS, BLOCK: tl.constexpr):
    row, cols = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * COLS + cols, mask=cols < COLS)
    scale = tl.load(scale_ptr + cols, mask=cols < COLS)
    tl.store(out_ptr + row * COLS + cols, tl.maximum(x, 0.0) * scale, mask=cols < COLS)


class ModelNew(nn.Module):
    def __init__(self, features):
        assert features == 8192, "written for features=8192"
        super().__init__()
        self.scale = nn.Parameter(torch.rand(features))

    def forward(self, x):
        out = torch.empty_like(x)
        relu_scale[(x.shape[0], triton.cdiv(x.shape[1], 1024))](x, self.scale, out, x.shape[1], BLOCK=1024)
        return out


def get_inputs():
    return [torch.randn(ROWS, COLS)]


def get_init_inputs():
    return [COLS]
"""


def test_what_was_written_for_a_constructors_argument_is_judged_with_that(bench: Bench) -> None:
    """And is not made again for it where it says nothing about other sizes."""
    found = verify_texts(REFERENCE, GENERIC, bench=bench)
    checks = dict(found.checks)
    assert found.passed and checks["sizes"] == "smaller than given: 16384 as 16", found
    wrong = verify_texts(REFERENCE, GENERIC.replace("tl.maximum(x, 0.0)", "tl.maximum(x, 0.1)"), bench=bench)
    assert wrong.reason == "wrong_values", wrong
