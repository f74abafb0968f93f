"""A kernel with nothing to compare it with: an honest launcher, and what becomes of it when one thing is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.verify.texts import changed
from triton_data.cli import cli
from triton_data.records import NO_REFERENCE
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.kernel_alone import verify_kernel
from triton_data.verify.reading.launch_entry import Entry, entry_of
from triton_data.verify.reasons import Reason

TEXT = """
import torch
import triton
import triton.language as tl


@triton.jit
def row_sum(x_ptr, out_ptr, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * columns + at, mask=at < columns, other=0.0)
    tl.store(out_ptr + row, tl.sum(x, axis=0))


def sums(x):
    rows, columns = x.shape
    out = torch.empty(rows, device=x.device)
    row_sum[(rows,)](x, out, columns, BLOCK=128)
    return out
"""
INPUTS = """

def get_inputs():
    return [torch.randn(5, 70)]
"""
WRONG = {
    "no mask at the load": ("at, mask=at < columns, other=0.0)", "at)", "out_of_bounds"),
    "a row too few": ("row_sum[(rows,)]", "row_sum[(rows - 1,)]", "uninitialised_read"),
    "two programs, one place": ("tl.store(out_ptr + row,", "tl.store(out_ptr + row // 2,", "race"),
    "into its input": ("out = torch.empty(rows, device=x.device)", "out = x[0] + 0\n    x[1, 1] = 0", "mutated_input"),
    "nothing is launched": ("    row_sum[(rows,)]", "    out.zero_()\n    0 and row_sum[(rows,)]", "not_launched"),
    "torch does it": ("    return out", "    return x.sum(1)", "decoy"),
    "other numbers each time": ("    return out", "    out += torch.rand(5)[0] + id(out) % 1000\n    return out",
                                "nondeterministic_candidate"),
    "no such argument": ("BLOCK=128", "WIDTH=128", "crash"),
    "a launch with the wrong type": ("tl.sum(x, axis=0))", "tl.sum(x, axis=0).to(tl.float33))", "crash"),
}  # fmt: skip


def test_an_honest_kernel_is_clean_and_does_not_pass(bench: Bench) -> None:
    found = verify_kernel(TEXT + INPUTS, bench=bench)
    assert (found.passed, found.open, found.reason) == (False, True, NO_REFERENCE), found
    checks = dict(found.checks)
    assert checks["kernels launched"].startswith("row_sum")
    assert checks["programs in another order"] == checks["asked again"] == "the same bits"
    assert checks["inputs written"] == "none"
    assert checks["other sizes"] == "clean at 5 as 4, 70 as 69; clean at 70 as 69"
    assert checks["non-contiguous inputs"] == "other numbers, and not refused"
    assert any(layer.startswith("seccomp") for layer in found.layers)


@pytest.mark.parametrize("name", WRONG)
def test_one_thing_wrong_is_found_and_named(name: str, bench: Bench) -> None:
    old, new, reason = WRONG[name]
    found = verify_kernel(changed(TEXT, old, new) + INPUTS, bench=bench)
    assert (found.passed, found.reason) == (False, reason), found.detail


def test_another_kernel_than_the_one_that_is_asked_about(bench: Bench) -> None:
    found = verify_kernel(TEXT + INPUTS, "sums", "Tools.other_kernel", bench=bench)
    assert (found.reason, "other_kernel" in found.detail) == ("not_launched", True)


def test_what_is_written_on_purpose_is_no_mistake(bench: Bench) -> None:
    text = changed(TEXT, "def sums(x):", "def sums(x, out):")
    text = changed(text, "    out = torch.empty(rows, device=x.device)\n", "").replace("    return out\n", "")
    found = verify_kernel(text + changed(INPUTS, "70)]", "70), torch.zeros(5)]"), bench=bench)
    assert (found.reason, dict(found.checks)["inputs written"]) == (NO_REFERENCE, "out"), found


def test_large_inputs_are_made_smaller(bench: Bench) -> None:
    found = verify_kernel(TEXT + changed(INPUTS, "5, 70", "40000, 70"), bench=bench)
    assert found.reason == NO_REFERENCE, found
    assert "smaller than given" in dict(found.checks)["sizes"]


def test_inputs_that_cannot_be_made_say_so(bench: Bench) -> None:
    found = verify_kernel(TEXT + changed(INPUTS, "torch.randn(5, 70)", "torch.randn(5, -1)"), bench=bench)
    assert (found.reason, found.open) == ("reference_failed", True)


def test_what_guessed_inputs_lead_to_is_no_defect(bench: Bench) -> None:
    wrong = changed(TEXT, "at, mask=at < columns, other=0.0)", "at)")
    found = verify_kernel(wrong + INPUTS, bench=bench, guessed=True)
    assert (found.open, found.reason) == (True, "unsupported_inputs")
    assert "out_of_bounds" in found.detail


ENTRIES = {
    "the one that launches": ("", "sums", ("x",)),
    "what is built on it": ("\n\ndef mean(x, scale=1.0):\n    return sums(x) * scale\n", "mean", ("x", "scale")),
    "not its benchmark": ("\n\ndef benchmark(n):\n    sums(n)\n", "sums", ("x",)),
    "a class whose apply launches": (
        "\n\nclass Sums(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, rows):\n"
        "        return sums(rows)\n",
        "Sums_apply",
        ("rows",),
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_the_launcher_is_found_without_running_anything(name: str) -> None:
    added, called, parameters = ENTRIES[name]
    found = entry_of(TEXT + added + INPUTS)
    assert isinstance(found, Entry)
    assert (found.name, found.parameters) == (called, parameters)


def test_the_word_is_the_same_in_all_rooms() -> None:
    assert Reason.NO_REFERENCE == NO_REFERENCE


@pytest.mark.slow  # it starts a jail of its own, as the verb does
def test_a_file_alone_ends_with_a_status(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(TEXT + INPUTS)
    said = CliRunner().invoke(cli, ["verify", str(tmp_path / "sums.py"), "--json"])
    assert (said.exit_code, json.loads(said.output)["reason"]) == (1, NO_REFERENCE)
