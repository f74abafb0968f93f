"""What a judge says of a candidate that is wrong somewhere: as a script that shows it, and as numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.records import robustness
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge import other_sizes
from triton_data.verify.judge.judgement import Checks
from triton_data.verify.judge.pair import verify_texts
from triton_data.verify.reasons import Reason
from triton_data.without_run import repro

ONE_BLOCK = changed(CANDIDATE, "BLOCK=triton.next_power_of_2(x.shape[1])", "BLOCK=128")


def test_the_draw_that_failed_is_a_script_of_its_own(bench: Bench, tmp_path: Path) -> None:
    """Right for up to 128 columns, of which 70 are given; the script has the inputs and weights of another size."""
    found = verify_texts(REFERENCE, ONE_BLOCK, bench=bench)
    assert (found.passed, found.reason) == (False, "uninitialised_read") and "70 as 143" in found.detail, found.detail
    paths = tmp_path / "reference.py", tmp_path / "candidate.py"
    for path, text in zip(paths, (REFERENCE, ONE_BLOCK), strict=True):
        path.write_text(text)
    made = repro.script(found, *paths, "Model", "failing.py")
    assert made is not None
    (tmp_path / "failing.py").write_text(made)
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    said = subprocess.run(
        [sys.executable, "failing.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "output 0: worst at" in said.stdout and "143" in made[:400]


def test_a_pass_has_numbers_and_labels_and_no_script(bench: Bench, tmp_path: Path) -> None:
    found = verify_texts(REFERENCE, CANDIDATE, bench=bench)
    assert found.passed and repro.script(found, tmp_path, tmp_path, "Model", "none.py") is None
    numbers = dict(found.numbers)
    assert isinstance(numbers["error"], float) and numbers["error"] < 1 and numbers["protocol"] == 2
    assert numbers["kernels launched"] == {"relu_scale": 1 + int(dict(found.checks)["draws run"])}
    labels = robustness.labels(found.checks)
    assert labels["other_sizes"] == "right" and set(labels) <= set(robustness.LABELS)


def test_the_worst_word_that_is_no_refusal_is_the_label() -> None:
    said = [("other sizes", "right at 3, refused"), ("other arguments", "right with a=1; wrong with b=2"),
            ("empty inputs", "refused"), ("non-contiguous inputs", "out_of_bounds, and not refused"),
            ("NaN in inputs", "unknown: one of these kinds ends the process")]  # fmt: skip
    assert robustness.labels(said) == {
        "other_sizes": "right", "other_arguments": "wrong", "empty_inputs": "refused", "noncontiguous_inputs": "wrong",
    }  # fmt: skip


def test_foreign_memory_is_no_refusal_of_a_size_or_an_argument() -> None:
    """A GPU ends the process for it, without an answer that could be read."""
    outside, crashed = (Checks().failed(reason, "") for reason in (Reason.OUT_OF_BOUNDS, Reason.CRASH))
    assert other_sizes.refuses(crashed) and not other_sizes.refuses(outside)
    assert other_sizes.wrong_in(outside, []) is outside
