"""What an answer is worth to a trainer that learns from rewards, in the form that verl calls: `compute_score`.

In: an answer, and the ground truth that the verl export writes: the PyTorch program and its entry. Out: 0 for what
Python cannot read, 0.1 for a program, 0.2 for one with a Triton kernel, 1 for one that the verifier passes, in another
process, so that a kernel that hangs or crashes ends no trainer. TRITON_DATA names the command where triton-data lives
in another environment than the trainer.
Not covered: speed. A reward for that needs times from a GPU that nothing else uses.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from triton_data.train.score import kernels_in, program_in, reads

PARSES, HAS_KERNEL, CORRECT = 0.1, 0.2, 1.0
PATIENCE = 300.0  # seconds


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: Any = None) -> float:
    program = program_in(solution_str)
    module = reads(program)
    if module is None:
        return 0.0
    if not kernels_in(module):
        return PARSES
    return CORRECT if _passes(json.loads(ground_truth)["python_code"], program) else HAS_KERNEL


def _passes(reference: str, candidate: str) -> bool:
    command = shlex.split(os.environ.get("TRITON_DATA", "")) or [sys.executable, "-m", "triton_data"]
    with tempfile.TemporaryDirectory() as place:
        paths = [Path(place) / name for name in ("reference.py", "candidate.py")]
        for path, text in zip(paths, (reference, candidate), strict=True):
            path.write_text(text, "utf-8", errors="replace")
        try:
            done = subprocess.run([*command, "verify", *map(str, paths)], capture_output=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return False
    if done.returncode == 2:  # not the answer's fault
        raise RuntimeError(f"triton-data verify: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.returncode == 0
