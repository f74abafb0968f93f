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
PROCESS = """
import importlib.util
import sys

import torch
import triton

from triton_data.verify import libdevice

device, trials = sys.argv[1], int(sys.argv[2])
if device == "cpu":
    libdevice.install()


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def moved(values):
    return [value.to(device) if isinstance(value, torch.Tensor) else value for value in values]


def leaves(value):
    return [leaf for leaf in torch.utils._pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]


reference, candidate = loaded("reference"), loaded("candidate")
new_name = next(name for name in vars(candidate) if name.endswith("New"))
name = new_name.removesuffix("New")
given = getattr(reference, "get_init_inputs", list)()
torch.manual_seed(0)
old, new = getattr(reference, name), getattr(candidate, new_name)
if isinstance(old, type):
    old, new = old(*given).eval().to(device), new(*given).eval().to(device)
    new.load_state_dict(old.state_dict())
agreed = 0
with torch.no_grad():
    for trial in range(trials):
        torch.manual_seed(trial)
        inputs = moved(reference.get_inputs())
        wanted, got = leaves(old(*inputs)), leaves(new(*inputs))
        agreed += all(torch.allclose(a, b, atol=1e-2, rtol=1e-2) for a, b in zip(wanted, got))
print("ACCEPTED" if agreed == trials else "REJECTED")
"""


@dataclass(frozen=True)
class Trialled:
    accepted: bool
    seconds: float
    cpu_seconds: float


def trialled(subject: Subject, device: str, limit: float = 60.0) -> Trialled:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("reference", subject.reference), ("candidate", subject.candidate), ("process", PROCESS)):
            (Path(folder) / f"{name}.py").write_text(text, "utf-8")
        same = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SOURCES)}
        env = {**same, "TRITON_INTERPRET": "1"} if device == "cpu" else same
        command = [sys.executable, "process.py", device, str(TRIALS)]
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
