"""It runs: a tiny base model is made, trained on an export, loaded by transformers, and writes text. On the CPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.export.a_run import ALL, kernel, make_run
from tests.export.test_export import write
from tests.mistakes import mistake
from tests.tuning import ROOT, ready_environment, run_there

LOADS = """
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
model, tokenizer = (kind.from_pretrained(sys.argv[1]) for kind in (AutoModelForCausalLM, AutoTokenizer))
ids = tokenizer(sys.argv[2], return_tensors="pt").input_ids
print("RESULT" + json.dumps(model(ids, labels=ids).loss.item()))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the checkout: datasets/, tune_configs/, src/."""
    folder = tmp_path_factory.mktemp("checkout")
    run = make_run(folder / "run", (*ALL, *map(kernel, range(20, 60))))
    write(run, folder / "datasets", "torchtune", "torchtune-instruct", "torchtune-chat")
    for name in ("tune_configs", "src"):
        (folder / name).symlink_to(ROOT / name)
    assert ready_environment().ready
    cli("train", "tiny", "--out", "runs/tiny", cwd=folder)
    return folder


def cli(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "triton_data", *words], cwd=cwd, capture_output=True, text=True, timeout=280,
        env={**os.environ, "OMP_NUM_THREADS": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def trained(*words: str, cwd: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(cli("train", "run", *words, "--json", cwd=cwd).splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def tuned(place: Path) -> dict[str, Any]:
    return trained("tune_configs/tiny_cpu_config.yaml", cwd=place)


def test_the_loss_falls(tuned: dict[str, Any]) -> None:
    assert tuned["steps"] >= 40
    assert tuned["first_loss"] > 5.5 and tuned["last_loss"] < 3.0


def test_transformers_loads_the_checkpoint_and_it_has_learned(place: Path, tuned: dict[str, Any]) -> None:
    text = json.loads((place / "datasets/triton_functions.json").read_text())[0]["input"]
    losses = []
    for checkpoint in (place / "runs/tiny", Path(tuned["checkpoint"])):
        done = run_there(LOADS, str(checkpoint), text, cwd=place)
        assert done.returncode == 0, done.stderr
        losses.append(json.loads(done.stdout.split("RESULT")[1]))
    assert losses[0] > 5.5 and losses[1] < 3.0


@pytest.mark.slow
def test_generate_goes_on_from_the_prompt_with_no_headers(place: Path, tuned: dict[str, Any]) -> None:
    done = subprocess.run(
        [ready_environment().program("tune"), "run", "src/triton_data/train/recipes/generate_text.py", "--config",
         "tune_configs/gen_tiny_config.yaml", "temperature=0.1"],
        cwd=place, capture_output=True, text=True, timeout=200, env={**os.environ, "TIKTOKEN_CACHE_DIR": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = done.stdout[done.stdout.index("import triton") :]
    assert len(said) > len("import triton") + 20 and "<|start_header_id|>" not in said


@pytest.mark.slow
def test_prepare_and_run_lora_on_another_tokenizer(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without Llama's tokenizer file the checkpoint's tokenizer.json is used, by our component."""
    base = place / "runs/hf"
    base.mkdir()
    for path in (place / "runs/tiny").iterdir():
        if path.name not in ("tokenizer.model", "special_tokens.json"):
            (base / path.name).write_bytes(path.read_bytes())
    words = ["--model", "runs/hf", "--out", "runs/chat", "--device", "cpu", "--data", "datasets/triton_chat.json"]
    cli("train", "prepare", *words, "--lora", "--lr", "1e-2", "--epochs", "3", "--batch-size", "1", cwd=place)
    made = trained("runs/chat", cwd=place)
    assert made["steps"] == 3 and made["last_loss"] < made["first_loss"]
    assert Path(made["checkpoint"]).name == "epoch_2"
    assert "--force" in mistake(["train", "prepare", *words], place, monkeypatch, capsys)


def test_mistakes_on_the_way(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["train", "run", "tune_configs/tiny_cpu_config.yaml"]
    assert "KEY=VALUE" in mistake([*run, "epochs"], place, monkeypatch, capsys)
    assert "triton-data train setup" in mistake([*run, "--env", "nowhere"], place, monkeypatch, capsys)
