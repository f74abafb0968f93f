"""Graphs from the command line to the file: what is written, tried, resumed and refused."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.mistakes import mistake
from triton_data.cli import main
from triton_data.generate.graphs.jailed import check
from triton_data.records import Program
from triton_data.store import Store

ROOT = Path(__file__).parents[3]
GEN = [sys.executable, str(ROOT / "triton-data/generator/gen.py")]
SMALL = ["--min_flops", "2**10", "--max_flops", "2**20"]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def gen(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GEN, *map(str, words)], capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """One call of the door as the write-up spells it, with the jail."""
    place = tmp_path_factory.mktemp("made")
    done = gen("--output_file", place / "output.jsonl", "--level", 2, "--target_count", 20, *SMALL, "--form", "mixed",
               "--run-dir", place / "run", "--num_workers", 2, "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place, json.loads(done.stdout)


def test_the_door_writes_what_the_write_up_shows(made: tuple[Path, dict[str, Any]]) -> None:
    rows = lines(made[0] / "output.jsonl")
    assert len(rows) == 20 == made[1]["graphs"]
    assert all(set(row) == {"pytorch", "difficulty"} and row["difficulty"] == 2 for row in rows)
    functions = [row["pytorch"] for row in rows if "def fused_operator(" in row["pytorch"]]
    assert 0 < len(functions) < 20, "functions and modules"
    assert all(text.startswith("import torch\n") and "def get_inputs():" in text for text in functions)
    assert len({row["pytorch"] for row in rows}) == 20


def test_each_graph_is_a_program_of_the_run(made: tuple[Path, dict[str, Any]]) -> None:
    texts = {row["pytorch"] for row in lines(made[0] / "output.jsonl")}
    with Store.read(made[0] / "run") as store:
        programs = {program.text: program for program in store.records(Program)}
    assert texts <= set(programs)
    one = programs[min(texts)]
    assert (one.origin.source, one.origin.generator, one.origin.seed, one.inputs_from) == (
        "generated",
        "graphs",
        0,
        "generated",
    )
    assert one.layers, "it ran in the jail"


def test_coverage_is_counted(made: tuple[Path, dict[str, Any]]) -> None:
    told = made[1]
    assert 20 < told["operators"] <= 60 and told["of_operators"] > 220
    assert 20 < told["pairs"] <= told["of_pairs"]


def test_a_finished_file_stays_as_it_is_and_grows_when_more_is_asked_for(made: tuple[Path, dict[str, Any]]) -> None:
    place, before = made[0], (made[0] / "output.jsonl").read_text()
    words = [
        "--output_file",
        place / "output.jsonl",
        "--level",
        2,
        *SMALL,
        "--form",
        "mixed",
        "--run-dir",
        place / "run",
    ]
    assert gen(*words, "--target_count", 20).returncode == 0
    assert (place / "output.jsonl").read_text() == before
    done = gen(*words, "--target_count", 30, "--io_metadata")
    assert done.returncode == 0, done.stderr
    assert re.search(r"elementwise +\d+ of +\d+ operators", done.stdout) and "pairs of operators" in done.stdout
    rows = lines(place / "output.jsonl")
    assert len(rows) == 30 and set(rows[0]) >= {"pytorch", "get_inputs", "inputs", "outputs", "flops", "difficulty"}
    assert 2**10 <= rows[0]["flops"] <= 2**20
    assert "get_inputs" not in rows[0]["pytorch"] and "def get_inputs():" in rows[0]["get_inputs"]


# ---- without the jail: the same loop, in no time -------------------------------------------------------------------


def unchecked(path: Path, *more: str | Path) -> list[str | Path]:
    return ["--output_file", path, "--level", "3", *SMALL, "--no_check", *more]


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    one, two, other = tmp_path / "one.jsonl", tmp_path / "two.jsonl", tmp_path / "other.jsonl"
    main(["generate", "graphs", *map(str, unchecked(one, "--target-count", "48", "--num-workers", "1"))])
    main(["generate", "graphs", *map(str, unchecked(two, "--target-count", "48", "--num-workers", "3"))])
    main(["generate", "graphs", *map(str, unchecked(other, "--target-count", "20", "--seed", "1"))])
    assert one.read_bytes() == two.read_bytes()
    assert not set(other.read_text().splitlines()) & set(one.read_text().splitlines())


def test_kill_9_costs_nothing(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    main(["generate", "graphs", *map(str, unchecked(whole, "--target-count", "96"))])
    killed = 0
    while killed < 1:
        words = [*GEN, *map(str, unchecked(broken, "--target_count", "96"))]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        before, deadline = parts(tmp_path), time.monotonic() + 60
        while process.poll() is None and parts(tmp_path) <= before and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()
        killed += 1
    main(["generate", "graphs", *map(str, unchecked(broken, "--target-count", "96"))])
    assert broken.read_bytes() == whole.read_bytes()


def parts(place: Path) -> int:
    return len(list(place.glob("broken.jsonl.run/graphs/*/*.jsonl")))


@pytest.mark.slow
def test_ranges_of_indices_fit_together(tmp_path: Path) -> None:
    first, second, both = tmp_path / "first.jsonl", tmp_path / "second.jsonl", tmp_path / "both.jsonl"
    for path, start, count in ((first, "0", "16"), (second, "16", "16"), (both, "0", "32")):
        main(["generate", "graphs", *map(str, unchecked(path, "--target-count", count, "--start-idx", start))])
    assert first.read_bytes() + second.read_bytes() == both.read_bytes()


GIVEN = ["generate", "graphs", "--output-file", "x.jsonl", "--level", "1"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["generate", "graphs", "--level", "1"], "--output_file"),
        (["generate", "graphs", "--output-file", "x.jsonl"], "--level"),
        (["generate", "graphs", "--output-file", "x.jsonl", "--level", "5"], "0<=x<=4"),
        (["generate", "grafs"], "did you mean 'graphs'"),
        (["generate"], "Missing command"),
        ([*GIVEN, "--min-flops", "many"], "write 17179869184, 2**34 or 1e9"),
        ([*GIVEN, "--min-flops", "2**99"], "more than 2**62"),
        ([*GIVEN, "--min-flops", "9", "--max-flops", "3"], "--min_flops 9 is more than --max_flops 3"),
        ([*GIVEN, "--bytes", "12"], "is not LOW:HIGH"),
        ([*GIVEN, "--intensity", "9:3"], "the lower end is above the upper one"),
        ([*GIVEN, "--operators", "relu"], "--level 1 has 2 operators, --operators names 1"),
        ([*GIVEN, "--operators", "relu,sofmax"], "did you mean 'softmax'"),
        ([*GIVEN, "--operators", "relu,abs", "--min-flops", "2**34"], "relu abs: at most (1 + 1) FLOPs an element"),
        ([*GIVEN, "--operators", "floor,frac"], "has no fraction left"),
        ([*GIVEN, "--dtypes", "float31"], "did you mean"),
        ([*GIVEN, "--form", "class"], "unknown --form 'class'"),
        ([*GIVEN, "--device", "tpu"], "unknown --device 'tpu'"),
        ([*GIVEN, "--target-count", "0"], "x>=1"),
        ([*GIVEN, "--seed", "-1"], "x>=0"),
        (["generate", "graphs", "--level", "1", "--output-file", "."], "is a folder"),
        (["generate", "graphs", "--level", "1", "--output-file", "/proc/x/y.jsonl"], "cannot write"),
        (["generate", "graphs", "--level", "1", "--output-file", "taken.jsonl"], "add --force"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                               capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    (tmp_path / "taken.jsonl").write_text("{}\n")
    assert told in mistake(words, tmp_path, monkeypatch, capsys)


# ---- what the jail is asked ----------------------------------------------------------------------------------------

INPUTS = "def get_inputs():\n    return [torch.randn([4, 4])]\n"
HEAD = f"import time\nimport torch\n\n\n{INPUTS}\n\ndef fused_operator(x):\n    return ["


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("torch.relu(x)", ""),
        ("torch.log(-torch.abs(x))", "not_finite"),
        ("torch.zeros_like(x)", "constant"),
        ("torch.sum(x).expand(4, 4)", "constant"),
        ("x + (time.perf_counter_ns() % 997 if x.is_cpu else 0)", "nondeterministic"),
        ("torch.sum(x, dim=0)", "wrong_shape"),
        ("x.to(torch.float16)", "wrong_shape"),
        ("undefined(x)", "wrong_shape"),
        ("x if x.is_meta else undefined(x)", "failed"),
    ],
)  # fmt: skip
def test_what_the_jail_finds(body: str, reason: str) -> None:
    text = f"{HEAD}{body}]\n"
    asked = {"entry": "fused_operator", "text": text, "small": text, "outputs": [[[4, 4], "float32"]]}
    assert check({"programs": [asked], "device": "cpu"})[0][0] == reason
