"""`triton-data train run`: torchtune, in its own environment, on what `prepare` wrote or on a config of tune_configs/.

In: a prepared folder, or a config file whose second line says how to run it, and overrides such as epochs=1. Out:
torchtune's own output as it comes, then the losses from its log. Not covered: going on with a stopped run; torchtune
does that by itself from a recipe checkpoint.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.train.environment import Environment
from triton_data.train.prepare import PLAN, RECIPES

_RUN = re.compile(r"^# Run:\s+tune (run .*)$", re.MULTILINE)
_LOSS = re.compile(r"Step (\d+) \|.*?\bloss:([-\d.einfa]+)")


@dataclass(frozen=True)
class Trained:
    steps: int
    first_loss: float | None
    last_loss: float | None
    checkpoint: str
    log: str


@dataclass(frozen=True)
class Plan:
    """What `tune` is called with, and where."""

    words: tuple[str, ...]
    folder: Path
    log_dir: Path | None
    checkpoint: str


def read_plan(target: Path) -> Plan:
    if (target / PLAN).is_file():
        values = json.loads((target / PLAN).read_text("utf-8"))
        return Plan(tuple(values["words"]), target, Path(values["log_dir"]), values["checkpoint"])
    if not target.is_file():
        raise Misuse(f"{target} is neither a config nor a folder that `triton-data train prepare` made")
    said = _RUN.search(target.read_text("utf-8"))
    if said is None:
        raise Misuse(f"{target} has no line `# Run:  tune run RECIPE --config FILE`: use `tune run` itself")
    words = shlex.split(said[1])
    words[words.index("--config") + 1] = str(target)
    return Plan(tuple(words), Path.cwd(), None, "")


def train(environment: Environment, plan: Plan, overrides: Sequence[str]) -> Trained:
    command = [str(environment.program("tune")), *plan.words, *overrides]
    _check(plan, overrides)
    before = _logs(plan, overrides)
    done = subprocess.run(command, cwd=plan.folder, env=_variables())
    if done.returncode:
        raise Misuse(f"torchtune ended with status {done.returncode}; what it said is above")
    new = sorted(_logs(plan, overrides) - before)
    losses = _losses(new[-1]) if new else []
    first, last = (losses[0], losses[-1]) if losses else (None, None)
    return Trained(len(losses), first, last, _last_epoch(plan, overrides), str(new[-1]) if new else "")


def _check(plan: Plan, overrides: Sequence[str]) -> None:
    """What torchtune would say at the end of a traceback, after a minute of loading."""
    checkpoint = _setting(plan, overrides, "checkpointer.checkpoint_dir", r"^ +checkpoint_dir: (.+)$")
    if checkpoint and not (plan.folder / checkpoint).is_dir():
        raise Misuse(
            f"no checkpoint in {checkpoint}, where {_config(plan)} has it: docs/train.md says how to get or make one, "
            "and checkpointer.checkpoint_dir=FOLDER names another"
        )
    if _setting(plan, overrides, "device", r"^device: (.+)$") == "cuda" and not _sees_gpu():
        raise Misuse(f"{_config(plan)} is for a GPU, and torch sees none here: add device=cpu dtype=fp32")


def _sees_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _setting(plan: Plan, overrides: Sequence[str], name: str, line: str) -> str:
    """What holds in the end: the last override, else the config's own; '' where it has none."""
    given = [word.partition("=")[2] for word in overrides if word.startswith(f"{name}=")]
    if given:
        return given[-1]
    path = plan.folder / _config(plan)
    said = re.search(line, path.read_text("utf-8"), re.MULTILINE) if path.is_file() else None
    return said[1].strip() if said else ""


def _variables() -> dict[str, str]:
    """tiktoken keeps tokenizers by the path's name, so that a new file at an old path would be taken for the old."""
    path = f"{RECIPES}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep)
    return {**os.environ, "TIKTOKEN_CACHE_DIR": "", "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"}


def _output_dir(plan: Plan, overrides: Sequence[str]) -> Path | None:
    given = any(word.startswith("output_dir=") for word in overrides)
    if plan.log_dir and not given:
        return plan.log_dir.parent
    place = _setting(plan, overrides, "output_dir", r"^output_dir: (.+)$")
    return plan.folder / place if place else None


def _config(plan: Plan) -> str:
    return plan.words[plan.words.index("--config") + 1]


def _logs(plan: Plan, overrides: Sequence[str]) -> set[Path]:
    place = _output_dir(plan, overrides)
    return set((place / "logs").glob("log_*.txt")) if place else set()


def _losses(log: Path) -> list[float]:
    return [float(value) for _, value in _LOSS.findall(log.read_text("utf-8"))]


def _last_epoch(plan: Plan, overrides: Sequence[str]) -> str:
    place = _output_dir(plan, overrides)
    epochs = sorted(place.glob("epoch_*"), key=lambda path: int(path.name[6:])) if place else []
    return str(epochs[-1]) if epochs else plan.checkpoint
