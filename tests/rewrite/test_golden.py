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
from importlib.metadata import version
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
TRAINING = ("FnGelu", "LayerLayerNorm", "ConvBnReluInplace")  # forward and backward
PRODUCTS = (  # with products, convolutions and attention in Triton
    "LayerLinear3d", "LayerMlp", "LinearF16", "AttentionManual", "SdpaCausalF32", "MultiHead", "Conv1d", "Conv2d",
    "Conv2dGroups", "Conv2dDilated", "Conv3d", "ConvTranspose2dGroups",
)  # fmt: skip
WANTED = {
    **{name: (name, "inference", "keep") for name in NAMES},
    **{f"{name}_generic": (name, "dynamic", "keep") for name in GENERIC},
    **{f"{name}_training": (name, "training", "keep") for name in TRAINING},
    **{f"{name}_triton": (name, "inference", "triton") for name in PRODUCTS},
    "AttentionManual_generic_triton": ("AttentionManual", "dynamic", "triton"),
}
SAMPLE = (
    "ReduceVar", "ScanCumSum", "LossCrossEntropy", "LayerLayerNorm_generic", "LayerLayerNorm_training",
    "LayerMlp_triton",
)  # fmt: skip
CAPTURED = [pytest.param(SAMPLE, id="a sample"), pytest.param(tuple(WANTED), id="all", marks=pytest.mark.slow)]


def rewritten(titles: tuple[str, ...]) -> dict[str, str]:
    """In one process of its own: Inductor keeps state, and other tests must not see it."""
    wanted = {title: WANTED[title] for title in titles}
    script = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
from modules import programs
from triton_data.capture.headless.capture import capture_program
from triton_data.rewrite.rewrite import rewrite
known = dict(programs())
made = {{}}
for title, (name, mode, libraries) in {wanted!r}.items():
    pair = rewrite(known[name], capture_program(known[name], "sm_90", mode, libraries))
    made[title] = getattr(pair, "text", repr(pair))
print(json.dumps(made))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    texts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return texts


@pytest.mark.skipif(not version("torch").startswith("2.13"), reason="the golden files are what torch 2.13 makes")
@pytest.mark.parametrize("titles", CAPTURED)
def test_golden_files(titles: tuple[str, ...]) -> None:
    made = rewritten(titles)
    if os.environ.get("RENEW_GOLDEN"):
        for title, text in made.items():
            (GOLDEN / f"{title}.py").write_text(text)
    changed = [title for title, text in made.items() if text != (GOLDEN / f"{title}.py").read_text()]
    assert not changed, "read the difference that `make golden` makes"


@pytest.mark.parametrize("name", WANTED)
def test_golden_files_keep_the_promises(name: str) -> None:
    text = (GOLDEN / f"{name}.py").read_text()
    assert "_inductor" not in text and "triton_helpers" not in text and "async_compile" not in text
    assert not re.search(r"\btmp\d+\b", text)
    for call in re.findall(r"tl\.(?:load|store)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", text):
        if re.search(r"\b(rows|offsets|row_\d|i\d)\b", call):  # what grows with the input
            assert "mask=" in call, call


def _rows(script: str, names: tuple[str, ...], folder: Path, *more: str) -> list[dict[str, object]]:
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--side", "check", "--folder", str(folder),
               "--only", "^(" + "|".join(names) + ")$", "--seconds", "60", *more]  # fmt: skip
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert sorted(row["name"] for row in rows) == sorted(names), done.stderr[-2000:]
    return rows


def _as_programs(ending: str, names: tuple[str, ...], folder: Path) -> Path:
    for name in names:
        (folder / f"{name}.py").write_text((GOLDEN / f"{name}_{ending}.py").read_text())
    return folder


@pytest.mark.parametrize("mode", ["inference", "training", "triton"])
def test_golden_files_give_eagers_numbers(mode: str, tmp_path: Path) -> None:
    names = {"inference": NAMES, "training": TRAINING, "triton": PRODUCTS}[mode]
    folder = GOLDEN if mode == "inference" else _as_programs(mode, names, tmp_path)
    rows = _rows("rewrite.py", names, folder, "--mode", "training" if mode == "training" else "inference")
    assert not [row for row in rows if row["error"] or not 0 <= float(str(row["difference"])) <= 1]


def test_generic_golden_files_are_right_at_other_sizes(tmp_path: Path) -> None:
    rows = _rows("generic.py", GENERIC, _as_programs("generic", GENERIC, tmp_path))
    assert [(row["right"], row["wrong"]) for row in rows] == [(3, "")] * len(GENERIC), rows
