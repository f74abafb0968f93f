"""The training environment for tests: the one of this checkout, made on first use in about half a minute."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from triton_data.train.environment import Environment, environment

ROOT = Path(__file__).parents[1]


def ready_environment() -> Environment:
    made = environment()
    if not made.ready:
        made.make()
    return made


def run_there(script: str, *args: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script in the training environment, with no way to the network."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cwd / "hf"), "TIKTOKEN_CACHE_DIR": "", "OMP_NUM_THREADS": "2"}
    return subprocess.run(
        [ready_environment().python, "-c", script, *args], cwd=cwd, capture_output=True, text=True, timeout=240,
        env={**os.environ, **offline, **variables},
    )  # fmt: skip
