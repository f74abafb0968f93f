"""The loop that others verify with, written here to be compared with: one fresh process a pair, ten trials, allclose.

In: a subject. Out: accepted or not, and what it cost. The reference and the candidate run in one process that nothing
confines, get one `torch.manual_seed` each before they are made, then the same weights, and ten draws of
`get_inputs()`; they agree where `torch.allclose(atol=1e-2, rtol=1e-2)` says so, whatever the dtype.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from judging.subjects import Subject

TRIALS = 10
SOURCES = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Trialled:
    accepted: bool
    seconds: float
    cpu_seconds: float


def trialled(subject: Subject, device: str, limit: float = 60.0) -> Trialled:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("reference", subject.reference), ("candidate", subject.candidate)):
            (Path(folder) / f"{name}.py").write_text(text, "utf-8")
        same = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SOURCES)}
        env = {**same, "TRITON_INTERPRET": "1"} if device == "cpu" else same
        command = [sys.executable, str(Path(__file__).with_name("trial.py")), device, str(TRIALS)]
        started, cpu = time.monotonic(), _children()
        try:
            done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=limit)
            accepted = done.stdout.strip().endswith("ACCEPTED")
        except subprocess.TimeoutExpired:
            accepted = False
        return Trialled(accepted, time.monotonic() - started, _children() - cpu)


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system
