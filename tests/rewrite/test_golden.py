"""Whole files, as they were read line by line: a change of a transform shows as a change of one of these.

Renew them after a change that was meant with `make golden`, and read the difference. Each file is also run in Triton's
interpreter against eager with the same weights, without being captured again.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/rewrite"
NAMES = (
    "FnGelu", "FnRelu", "FnSoftplus", "MathExpm1", "ReduceSum", "ReduceVar", "ReduceArgMax", "TwoAtan2", "ShapeSoftmax",
    "ShapeFlip", "IndexGather", "IndexEmbedding", "ScanCumSum", "LayerLayerNorm", "LayerGroupNorm", "LayerBatchNorm2d",
    "LayerMaxPool2d", "LayerUpsample", "LossCrossEntropy", "Conv2d", "Conv2dDepthwise", "SdpaPlainF32",
    "AttentionManual", "SoftmaxF16", "LlamaBlock",
)  # fmt: skip
GENERIC = ("FnGelu", "LayerLayerNorm", "AttentionManual")  # from a capture with symbolic sizes


@pytest.fixture(scope="module")
def rewritten() -> dict[str, str]:
    """In one process of its own: Inductor keeps state, and other tests must not see it."""
    script = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
from modules import programs
from triton_data.capture.headless import capture_program
from triton_data.rewrite.rewrite import rewrite
known = dict(programs())
wanted = [(name, "inference") for name in {NAMES!r}] + [(name, "dynamic") for name in {GENERIC!r}]
made = {{}}
for name, mode in wanted:
    pair = rewrite(known[name], capture_program(known[name], "sm_90", mode))
    made[name if mode == "inference" else name + "_generic"] = getattr(pair, "text", repr(pair))
print(json.dumps(made))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    texts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return texts


ALL = (*NAMES, *(f"{name}_generic" for name in GENERIC))


@pytest.mark.parametrize("name", ALL)
def test_golden_file(name: str, rewritten: dict[str, str]) -> None:
    path = GOLDEN / f"{name}.py"
    if os.environ.get("RENEW_GOLDEN"):
        path.write_text(rewritten[name])
    assert rewritten[name] == path.read_text(), f"{path.name} changed: read it, then `make golden`"


@pytest.mark.parametrize("name", ALL)
def test_golden_files_keep_the_promises(name: str) -> None:
    text = (GOLDEN / f"{name}.py").read_text()
    assert "_inductor" not in text and "triton_helpers" not in text and "async_compile" not in text
    assert not re.search(r"\btmp\d+\b", text)
    for call in re.findall(r"tl\.(?:load|store)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", text):
        if re.search(r"\b(rows|offsets|row_\d|i\d)\b", call):  # what grows with the input
            assert "mask=" in call, call


def test_golden_files_give_eagers_numbers() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/rewrite.py"), "--side", "check", "--folder", str(GOLDEN),
               "--only", "^(" + "|".join(NAMES) + ")$", "--seconds", "60"]  # fmt: skip
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert sorted(row["name"] for row in rows) == sorted(NAMES), done.stderr[-2000:]
    wrong = {row["name"]: row for row in rows if row["error"] or row["difference"] > 1}
    assert not wrong
