"""Hand-written kernels in an export: alone and clean is not verified, and a pair of a test's expectation is a pair."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from tests.export.a_run import DOUBLE, ORIGIN, kernel, make_run
from tests.export.test_export import write
from triton_data.config import CurateConfig
from triton_data.records import COMPARED, NO_REFERENCE, Decision, Pair, Program, Verdict
from triton_data.store import Store

CLEAN, WRONG, PAIRED = kernel(1), kernel(2), kernel(3)
PROGRAM = Program("double", DOUBLE, COMPARED, ORIGIN)
PAIR = Pair(PROGRAM.key, "", "double_new", PAIRED.text + "\n\ndef double_new(x):\n    return x\n", ORIGIN)
RECORDS = (
    CLEAN, WRONG, PAIRED, PROGRAM, PAIR,
    Verdict(CLEAN.key, "cpu", "1", False, NO_REFERENCE, (), ORIGIN),
    Verdict(WRONG.key, "cpu", "1", False, "race", (), ORIGIN),
    Verdict(PAIR.key, "cpu", "1", True, "", (), ORIGIN),
)  # fmt: skip


def test_what_is_known_of_hand_written_kernels_is_said_and_no_more(tmp_path: Path) -> None:
    made = write(make_run(tmp_path / "run", RECORDS), tmp_path, "parquet", "torchtune", "torchtune-instruct")
    rows = {row["key"]: row for row in pq.read_table(tmp_path / "parquet/data/train-00000.parquet").to_pylist()}
    assert {rows[k.key]["verified"] for k in (CLEAN, PAIRED)} == {None}
    assert (rows[CLEAN.key]["verdict_reason"], rows[WRONG.key]["verified"]) == (NO_REFERENCE, False)
    assert (rows[PAIR.key]["kind"], rows[PAIR.key]["verified"]) == ("compared", True)
    assert (rows[PAIR.key]["inputs_from"], rows[PAIR.key]["python_code"]) == (COMPARED, DOUBLE)
    statistics = json.loads((tmp_path / "parquet/statistics.json").read_text())
    assert statistics["verified"] == {"failed": 1, "no reference": 1, "not tried": 1, "passed": 1}
    assert made["torchtune"].by_kind == {"hand-written": 3}, "a pair's Triton is its kernel's"
    (asked,) = json.loads((tmp_path / "triton_instruct.json").read_text())
    assert "double_new" in asked["output"]


def test_a_clean_kernel_is_kept_and_a_wrong_one_left_out(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RECORDS, curate=CurateConfig(licences=("MIT",), decontaminate="off"))
    with Store.read(run) as store:
        decisions = {decision.subject: decision for decision in store.records(Decision)}
    assert decisions[CLEAN.key].keep and decisions[PAIRED.key].keep
    assert decisions[WRONG.key].reasons == ("verification_failed",)
