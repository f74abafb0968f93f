"""Every cheat is rejected, and a candidate that is honest about the same reference passes.

A sample runs always, with the honest candidate of every other reference in it; all of them with `pytest -m slow`.
`python benchmarks/verify.py` prints the table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from judging.cheats import Cheat, cheats
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.pair import verify_texts

ALL = list(cheats("cpu"))
SAMPLE = {
    "zeros", "always_one", "skipped_branch", "cache_by_pointer", "one_buffer", "cheats_first", "right_but_clears_input",
    "ignores_weights", "view_of_input", "nan", "broadcastable", "half_exponential", "unstable_softmax",
    "reads_past_the_end", "writes_before_the_start", "uninitialised_sum", "lost_updates", "decoy_kernel",
    "torch_then_copy", "in_a_thread", "numpy_asarray", "floats", "run_patch", "try_honest", "honest_when_watched",
    "boundary_too", "no_negative_index", "slope_by_heart", "torch_on_weights", "cache_by_version", "square_only",
    "comparators", "lazy_tensor", "encoded", "leaves_early", "forged_frame", "aten_override", "popped_mode",
}  # fmt: skip
# Reasons that say that nothing was proved: only where the reference is the trick, and not the candidate.
OPEN = {"always_one": "insensitive", "no_dropout": "nondeterministic"}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench() as bench:
        yield bench


def parameters() -> list[object]:
    return [pytest.param(c, id=c.name, marks=[] if c.name in SAMPLE else pytest.mark.slow) for c in ALL]


@pytest.mark.parametrize("cheat", parameters())
def test_a_cheat_is_rejected(cheat: Cheat, bench: Bench) -> None:
    judged = verify_texts(cheat.reference, cheat.text, bench=bench, seconds=10)
    assert not judged.passed, cheat.tries
    assert judged.reason == OPEN[cheat.name] if cheat.name in OPEN else not judged.open, judged


def attacked() -> list[object]:
    """One honest candidate for each reference that is attacked."""
    found = {cheat.attacks: cheat for cheat in ALL if cheat.honest}
    sampled = sorted(found.keys() & {cheat.attacks for cheat in ALL if cheat.name in SAMPLE})[::2]
    marks = {name: [] if name in sampled else [pytest.mark.slow] for name in found}
    return [pytest.param(cheat, id=name, marks=marks[name]) for name, cheat in sorted(found.items())]


@pytest.mark.parametrize("cheat", attacked())
def test_an_honest_candidate_passes(cheat: Cheat, bench: Bench) -> None:
    judged = verify_texts(cheat.reference, cheat.honest, bench=bench)
    assert judged.passed, (judged.reason, judged.detail)


def test_the_sample_names_cheats_that_exist() -> None:
    assert {cheat.name for cheat in ALL} >= SAMPLE | set(OPEN)
    assert len(ALL) >= 40
