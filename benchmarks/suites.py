"""Which models of a suite are captured with no GPU, and why the others are not.

    PYTHONPATH=src python benchmarks/suites.py timm [--models REGEX] [--limit N] [--mode inference] [--jobs 2]

Each model in a process of its own that sees no GPU, under a time and a memory limit. Prints a line a model and the
share. Not covered: the jail (these packages are trusted), and whether the kernels compile (benchmarks/capture.py).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent / "src")]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("suite", choices=["timm", "huggingface"])
    parser.add_argument("--models", default="", help="regular expression on model names")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--mode", default="inference")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--memory", type=int, default=8, help="GiB of address space beyond what torch maps")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    from triton_data.capture.suites.programs import suite_programs

    chosen = list(suite_programs(options.suite, options.models, options.limit))
    if options.one is not None:
        return _one(chosen[options.one], options)
    captured = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        answers = pool.map(lambda index: _apart(index, options), range(len(chosen)))
        for program, answer in zip(chosen, answers, strict=True):
            captured += "kernels" in answer
            print(f"{program.origin.path:40} {answer}", flush=True)
    print(f"{options.suite} ({options.mode}): {captured} of {len(chosen)} models captured")
    return 0


def _apart(index: int, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, *sys.argv[1:], "--one", str(index)]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout, env=environment)
    except subprocess.TimeoutExpired:
        return {"drop": f"more than {options.timeout:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {"drop": f"died: {done.stderr[-200:]}"}
    return answer


def _one(program: Any, options: argparse.Namespace) -> int:
    import triton_data.jail.vision_operators  # noqa: F401  as in the jail
    from triton_data.capture.headless.capture import capture_program
    from triton_data.records import Drop

    resource.setrlimit(resource.RLIMIT_DATA, (options.memory << 30, options.memory << 30))
    started = time.monotonic()
    result = capture_program(program, mode=options.mode)
    if isinstance(result, Drop):
        print(json.dumps({"drop": f"{result.reason}: {result.detail[:150]}"}))
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    counts = {"graphs": len(result.graphs), "kernels": len(result.kernels)}
    print(json.dumps(counts | {"seconds": round(time.monotonic() - started, 1), "mib": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
