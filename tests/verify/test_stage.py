"""The stage and the verb: verdicts in a run, explained; two files; a Parquet file that is resumed."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from tests.verify.judge.test_kernel_alone import INPUTS, TEXT
from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.cli import cli
from triton_data.errors import Misuse
from triton_data.records import NO_REFERENCE, Kernel, Origin, Outcome, Pair, Program, Verdict
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.store import Store
from triton_data.verify.stage import VerifyStage

ALONE = Kernel("row_sum", TEXT, Origin("given", path="sums.py"), "sums", INPUTS, "tests")
NOT_ALONE = [  # judged with their pair, or not to be called
    Kernel("row_sum", TEXT + "# paired", ALONE.origin, "sums", INPUTS, "tests", "p" * 32),
    Kernel("row_sum", TEXT + "# without inputs", ALONE.origin, "sums"),
]
WRONG = changed(CANDIDATE, "* scale\n", "* 2.0\n")


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    program = Program("Model", REFERENCE, "given", Origin("given", path="model.py"))
    pairs = [Pair(program.key, "", "ModelNew", text, program.origin) for text in (CANDIDATE, WRONG)]
    with Store.open(place) as store:
        store.commit("made", [Outcome("model", (program, *pairs, ALONE, *NOT_ALONE))])
        run_stage(VerifyStage(), store, LocalEngine(1, 120.0))
    return place


def test_every_pair_and_kernel_gets_a_verdict_once(run_dir: Path) -> None:
    with Store.open(run_dir) as store:
        found = {verdict.reason: verdict for verdict in store.records(Verdict)}
        assert set(found) == {"", "wrong_values", NO_REFERENCE}
        assert (found[NO_REFERENCE].subject, found[NO_REFERENCE].passed) == (ALONE.key, False)
        assert found[""].passed and not found["wrong_values"].passed
        assert found[""].layers
        assert VerifyStage().count(store) == 0
        assert VerifyStage(device="cuda").count(store) == 3


def test_a_verdict_explains_itself(run_dir: Path) -> None:
    with Store.read(run_dir) as store:
        failed = next(verdict for verdict in store.records(Verdict) if verdict.reason == "wrong_values")
    said = CliRunner().invoke(cli, ["verify", "--explain", failed.key[:10], "--run-dir", str(run_dir)])
    assert said.exit_code == 0
    for word in ("wrong_values", "ModelNew", "float64", "seccomp", "draw "):
        assert word in said.output


def test_a_verdict_of_a_kernel_alone_explains_itself(run_dir: Path) -> None:
    said = CliRunner().invoke(cli, ["verify", "--explain", ALONE.key[:10], "--run-dir", str(run_dir)])
    for word in (NO_REFERENCE, "row_sum", "inputs from tests", "is not known", "the same bits"):
        assert word in said.output


def test_an_unknown_id_is_a_misuse(run_dir: Path) -> None:
    said = CliRunner().invoke(cli, ["verify", "--explain", "zzz", "--run-dir", str(run_dir)])
    assert isinstance(said.exception, Misuse)


def test_two_files_end_with_a_status(tmp_path: Path) -> None:
    for name, text in (("ref", REFERENCE), ("good", CANDIDATE), ("bad", WRONG)):
        (tmp_path / f"{name}.py").write_text(text)
    good, bad = (
        CliRunner().invoke(cli, ["verify", str(tmp_path / "ref.py"), str(tmp_path / f"{name}.py"), "--json"])
        for name in ("good", "bad")
    )
    assert (good.exit_code, json.loads(good.output)["passed"]) == (0, True)
    assert (bad.exit_code, json.loads(bad.output)["reason"]) == (1, "wrong_values")


def test_rows_of_a_file_are_verified_once_and_counted(tmp_path: Path) -> None:
    rows = {"python_code": [REFERENCE, REFERENCE, "def"], "triton_code": [CANDIDATE, WRONG, CANDIDATE]}
    parquet.write_table(pa.table(rows), tmp_path / "book.parquet")
    command = ["verify", "--parquet", str(tmp_path / "book.parquet"), "--json", "--jobs", "1"]
    first = CliRunner().invoke(cli, [*command, "--limit", "2"])
    assert [json.loads(line)["reason"] for line in first.stdout.splitlines()] == ["", "wrong_values"]
    second = CliRunner().invoke(cli, command)
    (only,) = (json.loads(line) for line in second.stdout.splitlines())
    assert (only["number"], only["reason"]) == (2, "syntax")
    assert second.exit_code == 1
