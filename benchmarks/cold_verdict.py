"""What one verdict on two files costs from nothing: no server, no process that has anything loaded.

In: how often. Out: a line a command: seconds on the wall and of CPU, of the command and all its processes, the median
and the least. The pair is the rewritten examples/program.py, which is made first. On busy cores the CPU says more.

    python benchmarks/cold_verdict.py --times 5
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "examples/program.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        typed("rewrite", str(PROGRAM), "--out", place)
        pair = [str(PROGRAM), str(Path(place) / f"{PROGRAM.stem}_triton.py")]
        for words in (["--help"], ["verify", *pair]):
            found = [typed(*words) for _ in range(asked.times)]
            for what, seconds in zip(("wall", "CPU"), zip(*found, strict=True), strict=True):
                print(f"{words[0]}: {what} median {statistics.median(seconds):.2f} s, least {min(seconds):.2f} s of "
                      f"{asked.times}")  # fmt: skip
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def typed(*words: str) -> tuple[float, float]:
    """(wall, CPU); the jail's processes are waited for by their keeper, and it by the command."""
    before, cpu = time.perf_counter(), _cpu()
    command = [sys.executable, "-m", "triton_data", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "TRITON_DATA_WARM": "off"})
    return time.perf_counter() - before, _cpu() - cpu


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
