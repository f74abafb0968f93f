"""Benchmark problems at full size: how many come in, are captured, become pairs, and are judged.

    PYTHONPATH=src python benchmarks/problems.py FOLDER… --run-dir /tmp/problems [--jobs 2] [--device cpu|cuda]
                                                 [--libraries keep|triton] [--sizes given|any] [--failed]

FOLDER holds files in KernelBench's form (none are shipped). Goes on where it was when it is called again. Printed: a
line a stage, and the verdicts by reason, for whole programs and for kernels alone; `--failed` lists those that failed.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import torch
import triton

from triton_data import pipeline
from triton_data.config import CaptureConfig, Config, ScrapeConfig, VerifyConfig
from triton_data.records import Capture, Pair, Program, Verdict
from triton_data.store import Store

STAGES = ("given", "capture", "rewrite", "verify")


def main() -> None:
    options = _options()
    sources = tuple(f"given:{folder.resolve()}" for folder in options.folders)
    config = Config(
        str(options.run_dir), options.jobs, scrape=ScrapeConfig(sources), verify=VerifyConfig(device=options.device),
        capture=CaptureConfig(libraries=options.libraries, sizes=options.sizes),
    )  # fmt: skip
    print(f"python {platform.python_version()}, torch {torch.__version__}, triton {triton.__version__}; "
          f"{options.device}, {options.jobs} jobs, libraries: {options.libraries}, sizes: {options.sizes}")  # fmt: skip
    for summary in pipeline.execute(config, STAGES):
        print(f"{summary.stage}: {summary.seconds:.0f} s", file=sys.stderr)
    with Store.read(options.run_dir) as store:
        _print(store, options.device, options.failed)


def _print(store: Store, device: str, failed: bool) -> None:
    programs = {program.key: program for program in store.records(Program)}
    given = {key for key, program in programs.items() if program.inputs_from == "given"}
    captured = {capture.program for capture in store.records(Capture) if capture.kernels}
    calling = {capture.program for capture in store.records(Capture) if capture.externs}
    pairs = {pair.key: pair for pair in store.records(Pair)}
    print(f"{len(given)} programs came in, {len(given & captured)} have Triton code, {len(pairs)} pairs")
    print(f"{len(given & captured - calling)} have Triton code and no library call")
    found = [verdict for verdict in store.records(Verdict) if verdict.device == device]
    for name, whole in (("whole programs", True), ("kernels alone", False)):
        own = [each for each in found if (pairs[each.subject].program in given) == whole]
        reasons = Counter(each.reason or "passed" for each in own)
        print(f"{name}: {len(own)}: " + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()))
        for each in own if failed else ():
            if not each.passed:
                path = programs[pairs[each.subject].program].origin.path
                print(f"  {path} {each.reason}: {dict(each.checks).get('failed', '')[:200]}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--libraries", default="keep", choices=["keep", "triton"])
    parser.add_argument("--sizes", default="given", choices=["given", "any"])
    parser.add_argument("--failed", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
