"""What is judged at smaller sizes must fit at those that are given: grids, blocks, and addresses of 32 bits."""

from __future__ import annotations

import pytest

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts

ROWS = changed(REFERENCE, "torch.randn(5, 70)", "torch.randn(70_000, 70)")
MANY = changed(REFERENCE, "torch.randn(5, 70)", "torch.randn(40_000, 70_000)").replace("[70]", "[70_000]")
WIDE = changed(REFERENCE, "torch.randn(5, 70)", "torch.randn(5, 1_100_000)").replace("[70]", "[1_100_000]")
LOOPED = changed(CANDIDATE, "BLOCK=triton.next_power_of_2(x.shape[1])", "BLOCK=1024")
LOOPED = changed(
    LOOPED, "    cols = tl.arange(0, BLOCK)\n", "    cols = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)\n"
)
LOOPED = changed(LOOPED, "(x.shape[0],)", "(x.shape[0], triton.cdiv(x.shape[1], 1024))")


@pytest.mark.parametrize(
    ("reference", "candidate", "reason", "said"),
    [
        pytest.param(ROWS, CANDIDATE, "", "fit", id="rows", marks=pytest.mark.slow),
        pytest.param(
            ROWS, CANDIDATE.replace("program_id(0)", "program_id(1)").replace("(x.shape[0],)", "(1, x.shape[0])"),
            "crash", "a grid of (1, 70000, 1) is more than CUDA launches", id="rows on another axis"),
        pytest.param(WIDE, CANDIDATE, "does_not_compile", "a block of it exceeds", id="one block"),
        pytest.param(WIDE, LOOPED, "", "fit", id="blocks", marks=pytest.mark.slow),
        pytest.param(MANY, LOOPED, "out_of_bounds", "bytes before its tensor's memory", id="32 bits"),
        pytest.param(
            MANY, changed(LOOPED, "row = tl.program_id(0)", "row = tl.program_id(0).to(tl.int64)"), "", "fit",
            id="64 bits"),
    ],
)  # fmt: skip
def test_launches_fit_at_the_sizes_given(bench: Bench, reference: str, candidate: str, reason: str, said: str) -> None:
    found = verify_texts(reference, candidate, bench=bench)
    assert "smaller than given" in dict(found.checks)["sizes"]
    assert found.reason == reason, (found.reason, found.detail)
    assert said in (found.detail or dict(found.checks)["at the given sizes"]), dict(found.checks)
