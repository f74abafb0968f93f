"""The public functions, as a notebook calls them: one after the other in one process, away from the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import triton_data
from triton_data.errors import Misuse
from triton_data.records import Drop, Origin, Outcome, Program
from triton_data.store import Store

NOTEBOOK = """
import json, sys
import triton_data
assert "torch" not in sys.modules
import torch
from triton_data.errors import Misuse
model = torch.nn.Sequential(torch.nn.Linear(32, 32), torch.nn.GELU())
captured = triton_data.capture(model, [torch.randn(8, 32)])
assert callable(triton_data.capture), "a room took the function's name"
symbolic = triton_data.capture(lambda x, y: (x * y).relu(), {"x": torch.ones(8, 9), "y": torch.ones(8, 9)},
                               target="sm_80", mode="dynamic")
told = {"code": str(captured), "kernels": captured.kernels, "externs": captured.externs, "repr": repr(symbolic),
        "html": captured._repr_html_(), "device": str(model(torch.ones(8, 32)).device)}
try:
    triton_data.capture(model, [torch.randn(8, 31)])
except Misuse as error:
    told["refused"] = str(error)
written = triton_data.rewrite(sys.argv[1])
good = triton_data.verify(sys.argv[1], written)
told |= {"written": str(written), "passed": good.passed, "reason": good.reason, "checks": dict(good.checks)}
print(json.dumps(told))
"""
PROGRAM = """import torch


class Model(torch.nn.Module):
    def forward(self, x):
        return torch.relu(x) * 2


def get_inputs():
    return [torch.randn(16, 16)]
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("notebook")
    (place / "model.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "-c", NOTEBOOK, "model.py"], capture_output=True, text=True, cwd=place)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_live_module_is_captured_and_goes_on_working(told: dict[str, Any]) -> None:
    (kernel,) = told["kernels"]
    assert "gelu" in kernel and kernel in told["code"] and "@triton.jit" in told["kernels"][kernel]
    assert told["externs"] == ["extern_kernels.mm"] or told["externs"] == ["extern_kernels.addmm"]
    assert told["device"] == "cpu"
    assert "<lambda> for sm_80 (dynamic)" in told["repr"]
    assert "<pre>" in told["html"] and "<string>" not in told["html"]


def test_what_cannot_be_captured_says_why(told: dict[str, Any]) -> None:
    assert told["refused"].startswith("program_run: ") and "\n" not in told["refused"]


def test_a_text_is_rewritten_and_verified(told: dict[str, Any]) -> None:
    assert "class ModelNew" in told["written"]
    assert (told["passed"], told["reason"]) == (True, "")
    assert "draws" in told["checks"]


def test_a_run_is_tables(tmp_path: Path) -> None:
    program = Program("Model", PROGRAM, "given", Origin("given", path="model.py"))
    with Store.open(tmp_path) as store:
        store.commit("given", [Outcome("a", (program,)), Outcome("b", (), (Drop("syntax", "line 1"),))])
    run = triton_data.open_run(tmp_path)
    assert run.table("programs").select(["key", "entry", "path"]).to_pylist() == [
        {"key": program.key, "entry": "Model", "path": "model.py"}
    ]
    assert run.table("dropped").column("reason").to_pylist() == ["syntax"]
    assert run.table("pairs").num_rows == 0 and "1 programs" in repr(run)
    with pytest.raises(Misuse, match="did you mean 'pairs'"):
        run.table("pair")


def test_a_folder_that_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        triton_data.open_run(tmp_path / "absent")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: triton_data.capture("absent.py"), "cannot read absent.py"),
        (lambda: triton_data.capture(len), "capture\\(module, \\[x, y\\]\\)"),
        (lambda: triton_data.capture(PROGRAM, [1]), "leave `inputs` out"),
        (lambda: triton_data.rewrite("import torch\nx = 1\n"), "no_inputs"),
    ],
)
def test_mistakes_are_one_line(call: Any, says: str) -> None:
    with pytest.raises(Misuse, match=says):
        call()
