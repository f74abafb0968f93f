"""explain and show: what a word means, what happened to it, and commands that do what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.export.a_run import ALL, CAPTURE, PAIR, PROGRAM, SCALE, SCALE_NEW, VERDICT, kernel, make_run
from triton_data.capture.reasons import Reason as OfCapture
from triton_data.cli import cli
from triton_data.commands.looking.meanings import meaning
from triton_data.config import CurateConfig
from triton_data.curate.reasons import Reason as OfCuration
from triton_data.errors import Misuse
from triton_data.extract.reasons import Reason as OfExtraction
from triton_data.records import Drop, Outcome
from triton_data.rewrite.reasons import Reason as OfRewriting
from triton_data.sources.reasons import Reason as OfSources
from triton_data.store import Store
from triton_data.verify.reasons import Reason as OfVerdicts

EVIL = "\x1b[2J\x1b]0;evil\x07"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_run(tmp_path_factory.mktemp("story") / "run", ALL, CurateConfig())
    with Store.open(made) as store:
        store.commit("scrape", [Outcome("0123abcd" * 4, drops=(Drop("gone", "404 of x/y"),))])
        lost = [Drop("construct_failed", f"FileNotFoundError: weights {EVIL}", "net.py:Head"),
                Drop("needs:frozendict", "import frozendict", "net.py:Frozen")]  # fmt: skip
        lost += [Drop("no_inputs", "", f"{name}.py:Twin") for name in "ab"]
        store.commit("extract", [Outcome("r1", drops=tuple(lost))])
        store.commit(
            "capture", [Outcome(f"{PROGRAM.key}:sm_80:training", drops=(Drop("lowering", "LoweringException"),))]
        )
    return made


def said(run: Path, *args: str) -> str:
    done = CliRunner().invoke(cli, [*args, "--run-dir", str(run)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def steps(run: Path, word: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(run, "explain", word, "--json").splitlines()]


@pytest.mark.parametrize("word", [PAIR.key, PAIR.key[:6], VERDICT.key, "ScaleNew"])
def test_a_pair_is_told_from_its_file_to_its_decision(run: Path, word: str) -> None:
    head, *told = steps(run, word)
    assert (head["kind"], head["id"]) == ("pair", PAIR.key)
    results = [(each["stage"], each["result"]) for each in told]
    assert results == [("extract", "done"), ("capture", "done"), ("rewrite", "done"), ("verify", "passed"),
                       ("label", "done"), ("curate", "kept")]  # fmt: skip
    assert told[1]["id"] == CAPTURE.key and told[3]["id"] == VERDICT.key


def test_a_program_is_told_with_what_was_dropped_of_it(run: Path) -> None:
    head, *told = steps(run, "Scale")
    assert head["kind"] == "program"
    (dropped,) = [each for each in told if each["result"] == "dropped"]
    assert (dropped["stage"], dropped["reason"]) == ("capture", "lowering")
    assert (
        "sm_80 training" in dropped["words"]
        and "Inductor raised" in dropped["words"]
        and "LoweringException" in dropped["words"]
    )
    assert "--target sm_80 --mode training" in dropped["command"]


@pytest.mark.parametrize(
    ("word", "kind", "words"),
    [
        ("Head", "drop", "its constructor raises (FileNotFoundError: weights"),
        ("net.py:Head", "drop", "its constructor raises"),
        ("construct_failed", "reason", "1 time: its constructor raises"),
        ("needs:frozendict", "reason", "it imports frozendict, which is not installed here"),
        ("0123abcd", "drop", "its host says that it is deleted or private (404 of x/y)"),
        (kernel(1).name, "kernel", "without inputs it cannot be run"),
    ],
)
def test_words_of_all_kinds(run: Path, word: str, kind: str, words: str) -> None:
    head, *told = steps(run, word)
    assert head["kind"] == kind
    assert any(words in each["words"] for each in told), told


def test_several_are_listed_and_none_is_one_line_with_near_names(run: Path) -> None:
    assert [each["id"] for each in steps(run, "Twin")] == ["a.py:Twin", "b.py:Twin"]
    assert "2 things are meant by it" in said(run, "explain", "Twin")
    with pytest.raises(Misuse, match=r"a name like 'Scael' \(did you mean 'Scale'"):
        said(run, "explain", "Scael")
    with pytest.raises(Misuse, match="did you mean 'construct_failed'"):
        said(run, "explain", "construct_faild")


def test_nothing_foreign_steers_the_terminal(run: Path) -> None:
    for word in ("Head", "construct_failed"):
        assert "evil" in said(run, "explain", word) and "\x1b" not in said(run, "explain", word)


def test_every_id_is_printed_by_something(run: Path) -> None:
    listed = {json.loads(line)["id"] for line in said(run, "show", "--json").splitlines()}
    assert listed == {PAIR.key, *(kernel(number).key for number in range(4))}
    assert PAIR.key[:12] in said(run, "show")


def test_a_pair_stands_side_by_side_or_one_above_the_other(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    wide = said(run, "show", "ScaleNew")
    assert any(("class Scale(nn.Module)" in line and "import triton" in line) or line.count("import torch") == 2
               for line in wide.splitlines())  # fmt: skip
    assert f"verdict {VERDICT.key[:12]} on cpu: passed" in wide and "licence MIT" in wide
    monkeypatch.setenv("COLUMNS", "70")
    narrow = said(run, "show", PAIR.key[:8])
    assert max(map(len, narrow.splitlines()[:40])) <= 70 and "ScaleNew" in narrow
    assert json.loads(said(run, "show", "ScaleNew", "--json"))["triton"] == SCALE_NEW


def test_a_side_is_printed_exactly(run: Path) -> None:
    assert said(run, "show", "Scale", "--only", "pytorch") == SCALE
    assert said(run, "show", PAIR.key[:8], "--only", "triton") == SCALE_NEW
    assert said(run, "show", CAPTURE.key, "--only", "inductor") == "# output code\n"
    with pytest.raises(Misuse, match="no text to show of the kind file"):
        said(run, "show", "Scale", "--only", "file")


def test_what_is_printed_to_try_alone_can_be_typed(run: Path, tmp_path: Path) -> None:
    """Up to the verb itself, which has tests of its own; quotes, files and names are what could be wrong."""
    (verdict,) = [each for each in steps(run, "ScaleNew")[1:] if each["stage"] == "verify"]
    command = verdict["command"].replace("&& triton-data verify", "&& echo")
    script = f'triton-data() {{ "{sys.executable}" -m triton_data "$@"; }}; {command}'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "Scale.py ScaleNew.py\n", done.stderr
    assert (tmp_path / "Scale.py").read_text() == SCALE and (tmp_path / "ScaleNew.py").read_text() == SCALE_NEW


ROOMS: list[tuple[str, type[StrEnum]]] = [
    ("scrape", OfSources), ("extract", OfExtraction), ("capture", OfCapture), ("rewrite", OfRewriting),
    ("verify", OfVerdicts), ("curate", OfCuration),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "reasons"), ROOMS)
def test_every_reason_of_every_room_has_its_words(stage: str, reasons: type[StrEnum]) -> None:
    assert [each for each in reasons if not meaning(stage, str(each))] == []
