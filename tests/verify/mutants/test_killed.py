"""The verifier rejects mutants, except those that an interpreter of its own shows to be no different.

Every other mutant of one kernel runs always; `python benchmarks/verify.py --mutants 0` tries every mutant of each.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from judging import oracle
from judging.subjects import Subject, broken
from triton_data.verify.bench.bench import open_bench
from triton_data.verify.judge.pair import verify_texts

SAMPLE = list(broken("^l2_normalize$", 1))[::2]


@pytest.fixture(scope="module")
def passed() -> list[Subject]:
    with open_bench() as bench:
        return [m for m in SAMPLE if verify_texts(m.reference, m.candidate, bench=bench).passed]


def test_a_mutant_is_killed_or_no_different(passed: list[Subject]) -> None:
    with oracle.open_plain_jail() as jail:
        found = {mutant.name: oracle.compared(mutant, jail) for mutant in passed}
    assert {name: where for name, (kind, where) in found.items() if kind not in ("same", "rounding")} == {}


def test_most_of_the_sample_is_killed(passed: list[Subject]) -> None:
    """Or the test above would say little."""
    assert len(SAMPLE) >= 8
    assert len(passed) <= 0.3 * len(SAMPLE)
