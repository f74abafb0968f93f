"""What a verdict says of a candidate's speed can be read back."""

from __future__ import annotations

import pytest

from triton_data.records import speed

MEDIANS = {"eager": 0.5, "compile": 0.25, "max-autotune": 0.2, "candidate": 0.1}


def test_labels_are_what_was_said() -> None:
    said = [("time candidate", "0.1000 ms [0.09, 0.11], 50 repetitions"), *speed.checks(MEDIANS, 0.05, 1 << 20, 0)]
    assert speed.labels(said) == {
        "milliseconds": 0.1, "roofline": 0.5, "speedup_eager": 5.0, "speedup_compile": 2.5, "speedup_max_autotune": 2.0,
    }  # fmt: skip
    assert tuple(speed.labels(said)) == speed.LABELS


@pytest.mark.parametrize("missing", ["time candidate", "speedup", "roofline"])
def test_what_was_not_timed_whole_has_no_labels(missing: str) -> None:
    said = {"time candidate": "0.1 ms", **dict(speed.checks(MEDIANS, 0.05, 1, 0))}
    assert speed.labels((name, value) for name, value in said.items() if name != missing) == {}
