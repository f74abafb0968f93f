"""`triton-data curate` on a run: three stages through the engine and the jail, then nothing to do, then all anew."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.curate.modules import renamed, reordered
from tests.mistakes import mistake
from triton_data.cli import main

RESTRUCTURED = '''import torch
from torch import nn


class Different(nn.Module):
    """The first module below as somebody else would write it: no Sequential, functions for modules, x @ w.T + b."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(8, 16))
        self.offset = nn.Parameter(torch.zeros(8))

    def forward(self, value):
        value = value @ self.weight.t() + self.offset
        value = value.relu()
        return torch.tanh(value) * value


def get_inputs():
    return [torch.randn(3, 16)]


def get_init_inputs():
    return []
'''
FIRST = """import torch
import torch.nn as nn
import torch.nn.functional as F


class First(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer0 = nn.Conv2d(3, 4, kernel_size=3, padding=1)

    def forward(self, x):
        residual = self.layer0(x)
        x = F.gelu(residual) + torch.sigmoid(residual)
        return F.softmax(x, dim=1)


def get_inputs():
    return [torch.randn(1, 3, 8, 8)]


def get_init_inputs():
    return []
"""
SECOND = FIRST.replace("First", "Second").replace("F.gelu(residual) +", "torch.cumsum(residual, dim=2) -")
PROBLEM = """import torch
import torch.nn as nn
import torch.nn.functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(16, 8), nn.ReLU())

    def forward(self, x):
        x = self.body(x)
        return x * F.tanh(x) if False else torch.mul(torch.tanh(x), x)


def get_inputs():
    return [torch.randn(3, 16)]


def get_init_inputs():
    return []
"""


def cli(*words: str, cwd: Path) -> str:
    """In this process: what they import takes longer than most of these commands."""
    with contextlib.chdir(cwd), contextlib.redirect_stdout(io.StringIO()) as said:
        main(list(words))
    return said.getvalue()


def alone(*words: str, cwd: Path) -> str:
    command = [sys.executable, "-m", "triton_data", *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=280, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three programs of ours, a copy of one, and a benchmark with a problem that one of them restructures."""
    folder = tmp_path_factory.mktemp("curated")
    for name in ("programs", "benchmark"):
        (folder / name).mkdir()
    copy = reordered(renamed(FIRST))
    for name, text in (("First", FIRST), ("Second", SECOND), ("Copy", copy), ("Different", RESTRUCTURED)):
        (folder / f"programs/{name}.py").write_text(text)
    (folder / "benchmark/problem.py").write_text(PROBLEM)
    alone("scrape", "given:programs", "--run-dir", "run", cwd=folder)
    words = ["--name", "Ours", "--out", "ours.json.gz", "--json"]
    said = json.loads(alone("curate", "fingerprint", "benchmark", *words, cwd=folder))
    assert said["problems"] == said["traced"] == 1
    return folder


def test_a_run_is_curated_once_and_anew_when_asked_otherwise(place: Path) -> None:
    words = ["curate", "--run-dir", "run", "--benchmark", "ours.json.gz", "--json"]
    said = json.loads(alone(*words, cwd=place))
    assert said["texts"] == 4 and said["kept"] == 2
    assert said["reasons"]["duplicate"] == 1 and said["contaminated"] == {"Ours": 1}
    status = json.loads(cli("status", "--run-dir", "run", "--json", cwd=place))["stages"]
    assert [status[name]["pending"] for name in ("label", "trace", "curate")] == [0, 0, 0]
    assert json.loads(cli(*words, cwd=place)) == said
    assert json.loads(cli("status", "--run-dir", "run", "--json", cwd=place))["stages"]["curate"]["done"] == 1
    kept = json.loads(cli(*words, "--decontaminate", "flag", "--dedup", "off", cwd=place))
    assert kept["kept"] == 4
    assert json.loads(cli("status", "--run-dir", "run", "--json", cwd=place))["stages"]["curate"]["done"] == 2
    assert kept["settings"]["decontaminate"] == "flag"
    plain = json.loads(
        cli("curate", "--run-dir", "run", "--json", cwd=place)
    )  # neither the flags nor the benchmark stay
    assert plain["settings"]["dedup"] == "near" and plain["settings"]["benchmarks"] == []
    assert plain["reasons"]["duplicate"] == 1 and plain["contaminated"] == {}
    assert json.loads(cli(*words, cwd=place)) == said  # decisions that were made before are the newest again


def test_the_audit_shows_the_pair_that_only_the_graph_tells(place: Path) -> None:
    cli("curate", "--run-dir", "run", "--benchmark", "ours.json.gz", cwd=place)
    rows = [json.loads(line) for line in cli("curate", "audit", "--run-dir", "run", "--json", cwd=place).splitlines()]
    (found,) = [row for row in rows if row["how"].startswith("graph")]
    assert found["problem"] == "Ours/problem" and "class Different" in found["text"]
    assert "class Different" in cli("curate", "audit", "--run-dir", "run", cwd=place)


def test_the_audit_shows_the_least_alike_of_each_cluster(place: Path) -> None:
    cli("curate", "--run-dir", "run", cwd=place)
    words = ["curate", "audit", "--clusters", "--run-dir", "run"]
    (found,) = [json.loads(line) for line in cli(*words, "--json", cwd=place).splitlines()]
    assert found["members"] == 2 and found["reasons"] and found["likeness"] == 1.0  # names do not count
    assert {"tree", "closure"} <= found["kept"]["hashes"].keys() and found["kept"]["key"] != found["other"]["key"]
    assert {side["path"] for side in (found["kept"], found["other"])} == {"First.py", "Copy.py"}
    assert "least alike: " in cli(*words, cwd=place)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["curate", "--run-dir", "nothing"], "no run in nothing"),
        (["curate", "fingerprint", "programs/none", "--name", "x"], "no folder"),
        (["curate", "--run-dir", "run", "--test", "80", "--validation", "80"], "percentages"),
        (["curate", "--run-dir", "run", "--benchmark", "programs/First.py", "--no-trace"], "fingerprints"),
    ],
)
def test_mistakes_are_one_line(
    place: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in mistake(words, place, monkeypatch, capsys)
