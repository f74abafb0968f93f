"""`triton-data capture` on files and on suites: compiled levels, what a suite puts into a run, and refusals."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.capture.made import LINEAR_RELU
from triton_data.capture.compile_check import Compiled
from triton_data.capture.compiling import Compiler
from triton_data.capture.headless.capture import capture_program
from triton_data.capture.suites import programs
from triton_data.cli import cli
from triton_data.commands.capture import capture
from triton_data.errors import MissingExtra, Misuse
from triton_data.records import Capture, Drop, Graph, InductorKernel, Origin, Program
from triton_data.store import Store
from triton_data.without_run import capture as bare_capture


def captured() -> Capture:
    result = capture_program(LINEAR_RELU)
    assert isinstance(result, Capture)
    return result


def test_levels_lie_beside_the_code_and_the_row_has_resources(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(LINEAR_RELU.text)
    command = ["capture", str(tmp_path / "model.py"), "--target", "sm_90,gfx942", "--levels", "ptx,cubin,ttir"]
    done = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    rows = {row["target"]: row for row in map(json.loads, done.stdout.splitlines())}
    (nvidia,), (amd,) = rows["sm_90"]["compiled"], rows["gfx942"]["compiled"]
    assert (nvidia["name"], nvidia["spilled"], nvidia["graph"]) == (rows["sm_90"]["kernels"][0], 0, 0)
    assert 0 < nvidia["registers"] < 256 and amd["registers"] is None
    written = {Path(path).suffix: Path(path) for path in rows["sm_90"]["written"]}
    assert written[".cubin"].read_bytes().startswith(b"\x7fELF")
    assert ".target sm_90" in written[".ptx"].read_text()
    assert {Path(path).suffix for path in rows["gfx942"]["written"]} == {".py", ".ttir"}


def test_a_kernel_that_does_not_compile_is_a_row_of_its_own() -> None:
    graph = captured().graphs[0]
    bad = InductorKernel(graph.kernels[0].name, graph.kernels[0].text.replace("tl.store(", "tl.no_such_thing("))
    broken = replace(captured(), graphs=(replace(graph, kernels=(bad, *graph.kernels)),))
    with Compiler(1) as compiler:
        row, drop = bare_capture._with_levels(compiler, {"path": "x"}, "x", broken, ("ptx",), None)
    assert [each["name"] for each in row["compiled"]] == [bad.name]
    assert (drop["path"], drop["kernel"], drop["reason"]) == ("x", bad.name, "kernel_compile")
    assert "no_such_thing" in drop["detail"]


def test_what_a_jail_claims_cannot_leave_the_folder(tmp_path: Path) -> None:
    graph = Graph("../../../up", "code", (InductorKernel("../../k", "text"),))
    bare_capture._row(replace(captured(), graphs=(graph,)), tmp_path / "out", "model")
    result = Compiled("../../k", "sm_90", "", 0, 0, 0, (("ptx", "text"),))
    list(bare_capture._write_levels(tmp_path / "out", result))
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {
        tmp_path / "out", tmp_path / "out/model"
    }  # fmt: skip


@pytest.mark.slow
def test_a_suite_becomes_programs_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Program("Model", LINEAR_RELU.text, "given", Origin("suite", "timm", path="tiny"))
    monkeypatch.setattr(programs, "suite_programs", lambda suite, models, limit: iter([model]))
    for _ in range(2):
        done = CliRunner().invoke(cli, ["capture", "--suite", "timm", "--run-dir", str(tmp_path), "--jobs", "1"])
        assert done.exit_code == 0, done.output
    with Store.read(tmp_path) as store:
        (program,), (result,) = store.records(Program), store.records(Capture)
    assert program.origin == model.origin
    assert (result.program, result.origin.source) == (program.key, "suite")


@pytest.mark.parametrize("place", [["--out", "out"], ["--run-dir", "run"]])
def test_a_missing_extra_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: list[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingExtra, match=r"triton-data\[suites\]"):
        capture.main(["--suite", "timm", *place], standalone_mode=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{file}", "--suite", "timm"], "PATHS and --suite"),
        (["{file}", "--limit", "3"], "--suite timm or"),
        (["--levels", "ptx"], "name PATHS"),
        (["{file}", "--levels", "ptz"], "did you mean 'ptx'"),
        (["{file}", "--levels", "ptx", "--target", "gfx942"], "gfx942: no level 'ptx'"),
        (["--suite", "timn", "--out", "out"], "did you mean 'timm'"),
    ],
)
def test_what_does_not_go_together_is_misuse(tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "model.py").write_text(LINEAR_RELU.text)
    with pytest.raises(Misuse, match=says):
        capture.main([argument.format(file=tmp_path / "model.py") for argument in arguments], standalone_mode=False)


def test_answers_of_another_shape_are_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    from triton_data.capture.compile_check import from_json

    for answer in ({}, [], {"compiled": {"config": "", "shared": "many"}}, {"drop": 3}):
        result = from_json(answer, "k", "sm_90", ())
        assert isinstance(result, Drop)
        assert (result.reason, result.part) == ("bad_result", "k")
