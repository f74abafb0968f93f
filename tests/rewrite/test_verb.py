"""`triton-data rewrite` on a bare file: the file it writes runs in the interpreter and loads the original's weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CHECK = """
import importlib.util, sys, torch
from triton_data.verify.jailed.interpreter.install import install
install()
def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
old, new = load("old", sys.argv[1]), load("new", sys.argv[2])
a, b = old.Model(*old.get_init_inputs()), new.ModelNew(*new.get_init_inputs())
torch.nn.init.normal_(a.scale)
b.load_state_dict(a.state_dict())
a.load_state_dict(b.state_dict())
x = old.get_inputs()[0]
with torch.no_grad():
    print(torch.allclose(a(x), b(x), atol=1e-6), torch.allclose(a(x), torch.zeros_like(b(x)), atol=1e-6))
try:
    b(x[:5])
except AssertionError as error:
    print(error)
"""


def triton_data(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "triton_data", *args]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_a_rewritten_file_runs_and_says_what_it_was_made_for(tmp_path: Path) -> None:
    done = triton_data("rewrite", "examples/program.py", "--out", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    written = json.loads(done.stdout)["written"]
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    command = [sys.executable, "-c", CHECK, str(ROOT / "examples/program.py"), written]
    checked = subprocess.run(command, capture_output=True, text=True, env=env)
    assert checked.stdout.splitlines() == ["True False", "torch.Size([5, 320])"], checked.stderr


@pytest.mark.slow
def test_stopping_after_a_transform_and_baking_the_first_configuration() -> None:
    early = triton_data("rewrite", "examples/program.py", "--stop-after", "copies").stdout
    whole = triton_data("rewrite", "examples/program.py", "--config", "first").stdout
    assert "tmp0" in early and "tl.broadcast_to(tmp0" in early
    assert "tmp0" not in whole and "@triton.autotune" not in whole
    assert "num_warps=" in whole


def test_a_program_with_a_graph_break_is_declined_by_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text(
        "import torch\n\n\ndef broken(x):\n    y = torch.relu(x) + 1\n    print(len(y))\n"
        "    return torch.sigmoid(y) * 2\n\n\ndef get_inputs():\n    return [torch.randn(8)]\n"
    )
    done = triton_data("rewrite", str(path), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"] in ("graph_breaks", "unknown_result")
