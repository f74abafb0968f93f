"""Entries are run: their own tests, the judge, the ledger, the run, and the data set that is made of what passed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from triton_data.cli import main
from triton_data.generate.templates.dataset import chosen
from triton_data.generate.templates.testing import open_test_jail, run_tests
from triton_data.records import Pair, Program, Verdict
from triton_data.store import Store
from triton_data.without_run import template_dataset
from triton_data.without_run.templates import EXACT, finished

ROOT = Path(__file__).parents[3]
NAMES = ("bias_activation", "rope")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`generate templates --verify 1` on two families, once for all."""
    folder = tmp_path_factory.mktemp("templates")
    words = ["--families", ",".join(NAMES), "--count", "30", "--verify", "1", "--jobs", "2"]
    main(["generate", "templates", *words, "--out", str(folder / "dataset"), "--run-dir", str(folder / "run")])
    return folder


def test_entries_are_written_and_some_of_them_checked(place):
    rows = [
        json.loads(line) for path in place.rglob("*.jsonl") if path.parent.name != "dataset" for line in path.open()
    ]
    assert len(rows) == len({row["id"] for row in rows}) == 30
    checks = finished(place / "dataset/checks.jsonl")
    assert len(checks) == 2 and all(found.passed and found.tests >= 3 for found in checks)
    assert {found.id for found in checks} <= {row["id"] for row in rows}
    assert dict(checks[0].checks)["protocol"] == "2"


def test_pairs_and_verdicts_are_records_of_the_run(place):
    with Store.read(place / "run") as store:
        programs, pairs, verdicts = (list(store.records(kind)) for kind in (Program, Pair, Verdict))
    assert len(pairs) == 30 and len(verdicts) == 2
    assert {pair.program for pair in pairs} == {program.key for program in programs}
    assert {verdict.subject for verdict in verdicts} < {pair.key for pair in pairs}
    assert all(verdict.passed and verdict.origin.licence == "MIT" for verdict in verdicts)


def test_what_was_asked_once_is_not_asked_again(place, monkeypatch):
    monkeypatch.setattr(
        "triton_data.without_run.templates.run_bare", lambda *_: pytest.fail("asked") if _[1] else iter(())
    )
    words = ["--families", ",".join(NAMES), "--count", "30", "--verify", "1", "--out", str(place / "dataset")]
    main(["generate", "templates", *words])


@pytest.mark.slow
def test_a_data_set_is_made_of_what_passed(place):
    ledger, out = place / "dataset/checks.jsonl", place / "box"
    words = ["--families", ",".join(NAMES), "--ledger", str(ledger), "--out", str(out)]
    done = CliRunner().invoke(template_dataset.make, words)
    assert done.exit_code == 0, done.output
    rows = [
        row
        for split in ("train", "validation", "test")
        for row in parquet.read_table(out / f"{split}.parquet").to_pylist()
    ]
    texts = [row["input"] for row in json.loads((out / "triton_functions.json").read_text())]
    assert {row["id"] for row in rows} == {found.id for found in finished(ledger)}
    assert all(row["licence"] == "MIT" and row["verified_on"] == "cpu" and row["tests_passed"] >= 3 for row in rows)
    assert all(any(row["triton_code"].strip() in text for row in rows) for text in texts)
    assert "license: mit" in (out / "README.md").read_text()


def test_the_shipped_data_set_is_what_the_templates_make():
    """A sample of its rows: the same texts, rendered anew. Change a template, and `make datasets` is due."""
    table = parquet.read_table(ROOT / "datasets/templates/train.parquet")
    rows = {row["id"]: row for row in table.slice(0, table.num_rows).to_pylist()}
    sampled = [
        each for each in ("binary", "softmax", "layer_norm", "flash_attention") if each in table["family"].to_pylist()
    ]
    made = [entry for entry in chosen(names=sampled) if entry.id in rows]
    assert len(made) == sum(row["family"] in sampled for row in rows.values()) > 0
    assert all(entry.to_json()["test_code"] == rows[entry.id]["test_code"] for entry in made)


def test_tests_of_entries_tell_right_from_wrong():
    right = chosen(1, names=["binary"])[0]
    wrong = replace(
        right, id="wrong", triton_code=right.triton_code.replace("mask=mask)", "mask=mask & (offsets > 1))")
    )
    broken = replace(right, id="broken", triton_code="import nothing_of_this_name")
    with open_test_jail("cpu", EXACT) as jail:
        found = {each.id: each for each in run_tests([right, wrong, broken], jail, "cpu")}
    assert found[right.id].passed and found[right.id].tests == 3
    if "offsets" in right.triton_code:
        assert not found["wrong"].passed and found["wrong"].tests == 0
    assert not found["broken"].passed and "nothing_of_this_name" in found["broken"].failure


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--families", "sofmax"], "did you mean 'softmax'"),
        (["--verify", "some"], "not all, none or a number"),
        (["--device", "cuda"], "add --verify all"),
        (["--families", "rope", "--phase", "1"], "of phase 1"),
    ],
)
def test_a_mistake_is_one_line(words, said, capsys, tmp_path):
    with pytest.raises(SystemExit) as done:
        main(["generate", "templates", "--out", str(tmp_path / "out"), *words])
    assert done.value.code == 2
    assert said in (error := capsys.readouterr().err) and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_door_writes_the_plans_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from triton_data.commands.doors.door import COMMANDS

    done = CliRunner().invoke(COMMANDS["data_generation/generate.py"], ["--count", "20", "--phase", "1", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["entries"] == 20
    assert {path.name for path in (tmp_path / "dataset").iterdir()} == {"train", "validation", "test"}
    assert {path.name for path in (ROOT / "triton-data/data_generation/templates").iterdir()} == {
        "python",
        "triton",
        "pytest",
    }
