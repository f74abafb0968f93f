"""The evaluation page: what `eval --out` wrote, side by side, with hostile answers that stay text."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from made_run import HOSTILE
from tests.export.a_run import PROGRAM, make_run
from tests.report.pages import awaited, complaints, opened, texts
from triton_data.cli import cli
from triton_data.errors import Misuse
from triton_data.evaluate.answers import Judged
from triton_data.report import evaluation

KEY = f"Scale-{PROGRAM.key[:8]}"


def answers(folder: Path) -> Path:
    """What two models said to one task of the run, and to others whose names and programs are evil."""
    folder.mkdir()
    for model, right in (("base", False), ("tuned", True)):
        why = "" if right else f"does_not_compile {HOSTILE[0]}"
        rows = [Judged(KEY, 0, True, True, right, right or None, why, f"{model} said {HOSTILE[2]}")]
        for number, evil in enumerate(HOSTILE):
            rows.append(Judged(f"task {number}{evil}", 0, False, False, None, None, "syntax", evil))
        (folder / f"{model}.jsonl").write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    return folder


def test_base_and_tuned_stand_beside_each_other(driver: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    answers(run / "eval")
    done = CliRunner().invoke(cli, ["report", "--run-dir", str(run), "--json"])
    page = Path(json.loads(done.output)["page"])
    opened(driver, page, "#evaluation")
    awaited(driver, "document.querySelectorAll('#tasks tbody tr').length")
    table = [row.text.split() for row in driver.find_elements("css selector", "#page-evaluation > .scroll tbody tr")]
    assert table[-1] == ["is", "correct", "–", "100.0%", "1", "of", "1"]
    assert len(texts(driver, "#tasks tbody tr")) == 1 + len(HOSTILE)
    driver.execute_script("document.querySelector('#tasks a').click()")
    awaited(driver, "document.querySelectorAll('#tasks .code').length == 3")
    shown = texts(driver, "#tasks")[0]
    assert (
        "class Scale(nn.Module)" in shown and f"base said {HOSTILE[2]}" in shown and f"tuned said {HOSTILE[2]}" in shown
    )
    assert driver.execute_script("return window.hacked") is None and complaints(driver) == []


def test_shares_count_only_what_could_be_asked(tmp_path: Path) -> None:
    found = evaluation.read(answers(tmp_path / "eval"), {})
    assert found is not None
    assert found.shares()["is correct"] == {"base": (0, 0), "tuned": (1, 1)}
    assert found.shares()["reads as Python"]["base"] == (1, 1 + len(HOSTILE))


def test_files_of_something_else_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"key": "a"}\n')
    with pytest.raises(Misuse, match=r"x\.jsonl, line 1: no answer of"):
        evaluation.read(tmp_path, {})
    (tmp_path / "x.jsonl").write_text("")
    assert evaluation.read(tmp_path, {}) is None
