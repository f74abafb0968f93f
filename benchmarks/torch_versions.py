"""Does capture hold on the other versions of torch? Each gets an environment of its own, on a machine with no GPU.

    python benchmarks/torch_versions.py 2.11.0 2.12.1 [--where DIR] [--every 10]

Installs the wheel that the package index has, a CUDA build of some gigabytes, then runs the tests of the capture room
and captures every tenth program of benchmarks/modules in all three modes. Prints a line a version; what failed above
it. Not covered: whether the text is what a GPU of that version emits (exactness.py, where there is one).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
BESIDE = ["numpy", "click", "rich", "tqdm", "requests", "packaging", "PyGithub", "libcst", "pyarrow", "jinja2", "scipy"]
TESTS = ["pytest", "pytest-timeout", "hypothesis"]
MODES = ("inference", "training", "dynamic")
_ONE = """
import json, sys
sys.path[:0] = ["benchmarks", "src"]
from modules import programs
from triton_data.capture.headless.capture import capture_program
from triton_data.records import Drop
for name, program in list(programs())[:: int(sys.argv[1])]:
    for mode in sys.argv[2:]:
        made = capture_program(program, "sm_90", mode)
        print(json.dumps([name, mode, f"{made.reason}: {made.detail}" if isinstance(made, Drop) else ""]), flush=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("versions", nargs="+")
    parser.add_argument("--where", type=Path, help="keep the environments here; else they are made and thrown away")
    parser.add_argument("--every", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        good = [
            _check(version, (options.where or Path(scratch)) / version, options.every) for version in options.versions
        ]
    return 0 if all(good) else 1


def _check(version: str, place: Path, every: int) -> bool:
    python = _environment(version, place)
    # A user's machine, but for the GPU: what is hidden is not there.
    environment = os.environ | {"PYTHONPATH": "src", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    command = [python, "-m", "pytest", "tests/capture", "-p", "no:cacheprovider"]
    tests = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if tests.returncode:
        print(tests.stdout[-3000:])
    command = [python, "-c", _ONE, str(every), *MODES]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in told.stdout.splitlines() if line.startswith("[")]
    if told.returncode:
        print(told.stderr[-2000:])
    failed = [row for row in rows if row[2] and not row[2].startswith("no_triton")]
    for name, mode, why in failed:
        print(f"  {name} ({mode}): {why[:200]}")
    counts = Counter(mode for _, mode, _ in rows)
    lost = Counter(mode for _, mode, _ in failed)
    shares = ", ".join(f"{mode} {counts[mode] - lost[mode]} of {counts[mode]}" for mode in MODES)
    ran = [line for line in tests.stdout.splitlines() if " passed" in line or " failed" in line]
    print(f"torch {_version(python)}: tests: {ran[-1] if ran else 'did not run'}; captured: {shares}", flush=True)
    return tests.returncode == 0 and told.returncode == 0


def _environment(version: str, place: Path) -> str:
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        wanted = [f"torch=={version}", *BESIDE, *TESTS]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return str(python)


def _version(python: str) -> str:
    ask = "import torch, triton; print(torch.__version__, 'triton', triton.__version__)"
    return subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
