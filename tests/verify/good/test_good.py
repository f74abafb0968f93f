"""Right kernels pass, at all their sizes and dtypes; and eager agrees that they are right, without the verifier.

A sample runs always, all of them with `pytest -m slow`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from judging.loop import trialled
from judging.subjects import Subject, right
from kernels import good_kernels, resized
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.pair import verify_texts

ALL = list(right("", variants=True))
SAMPLE = ("add", "matmul_split_k", "sort_rows", "histogram", "integer_mix", "layer_norm", "seeded_dropout",
          "LossCrossEntropy", "FnGelu_generic")  # fmt: skip


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench() as bench:
        yield bench


def marked(subject: Subject) -> object:
    return pytest.param(subject, id=subject.name, marks=[] if subject.name in SAMPLE else [pytest.mark.slow])


@pytest.mark.parametrize("subject", [marked(subject) for subject in ALL])
def test_a_right_kernel_passes(subject: Subject, bench: Bench) -> None:
    judged = verify_texts(subject.reference, subject.candidate, bench=bench)
    assert judged.passed, (judged.reason, judged.detail)


@pytest.mark.slow
@pytest.mark.parametrize("subject", [s for s in ALL if "bfloat16" not in s.reference], ids=lambda s: s.name)
def test_eager_agrees_without_the_verifier(subject: Subject) -> None:
    """Not for bfloat16, in which the interpreter as it comes computes garbage."""
    assert trialled(subject, "cpu").accepted


def test_there_are_enough_of_them() -> None:
    assert len({good.name for good in good_kernels()}) >= 40
    assert set(SAMPLE) <= {subject.name for subject in ALL}


def test_sizes_are_replaced_once_or_not_at_all() -> None:
    text = "ROWS, COLS = 3, 4\nDTYPE = torch.float32\n"
    assert resized(text, "ROWS, COLS = 1, 33; DTYPE = torch.int8") == "ROWS, COLS = 1, 33\nDTYPE = torch.int8\n"
    with pytest.raises(ValueError, match="'SIZE' is assigned 0 times"):
        resized(text, "SIZE = 3")


@pytest.mark.slow
def test_the_benchmark_prints_what_it_measured() -> None:
    script = Path(__file__).parents[3] / "benchmarks" / "verify.py"
    command = [sys.executable, str(script), "--only", "^(add|zeros)$", "--loop", "1", "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    for said in (
        "right kernels rejected: 0 of 4",
        "cheats accepted: 0 of 1",
        "mutants killed: ",
        "accepts 1 of 1 right",
    ):
        assert said in done.stdout, done.stdout + done.stderr
