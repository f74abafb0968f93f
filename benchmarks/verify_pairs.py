"""How many pairs that the pipeline makes does the verifier pass, and what is wrong with the others?

    PYTHONPATH=src python benchmarks/verify_pairs.py [--device cpu|cuda] [--mode inference|training|dynamic]
                                                     [--only REGEX] [--part 0/1] [--jobs 2]

Each program of benchmarks/modules is captured with no GPU, rewritten and verified as the stage does it, with the
library operations that its capture declares; in training with all its gradients. Prints the verdicts by reason, and
every pair that was not passed by name.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

import torch
import triton
from tqdm import tqdm

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from modules import programs  # noqa: E402  the folder that this script stands in is not a package
from triton_data.records import Drop, Program  # noqa: E402
from triton_data.verify.bench.bench import Bench, open_bench  # noqa: E402
from triton_data.verify.judge.judgement import Judgement  # noqa: E402
from triton_data.verify.judge.pair import verify_texts  # noqa: E402

SECONDS = 60.0  # of one task


@dataclass(frozen=True)
class Made:
    program: Program
    text: str = ""
    entry: str = ""
    externs: tuple[str, ...] = ()
    why_not: str = ""


def main() -> None:
    options = _options()
    index, parts = map(int, options.part.split("/"))
    chosen = [program for name, program in programs() if re.search(options.only, name)][index::parts]
    print(f"torch {torch.__version__}, triton {triton.__version__}; {options.mode} on {options.device}", flush=True)
    with (
        mock.patch.dict(os.environ, {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}),
        ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool,
    ):
        pairs = list(tqdm(pool.map(partial(_made, mode=options.mode), chosen), total=len(chosen), unit="pair"))
    ready = [pair for pair in pairs if pair.text]
    print(f"{len(chosen)} programs, {len(ready)} pairs")
    for reason, count in Counter(pair.why_not for pair in pairs if not pair.text).most_common():
        print(f"  no pair: {count} {reason}")
    judge = partial(_judged, device=options.device, mode=options.mode)
    with open_bench(options.device) as bench, ProcessPoolExecutor(options.jobs) as pool:
        found = list(tqdm(pool.map(partial(judge, bench=bench), ready), total=len(ready), unit="verdict"))
    _report(ready, found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--mode", default="inference", choices=["inference", "training", "dynamic"])
    parser.add_argument("--only", default="")
    parser.add_argument("--part", default="0/1", help="every n-th program, beginning with the k-th: k/n")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _made(program: Program, mode: str) -> Made:
    from triton_data.capture.headless.capture import capture_program
    from triton_data.rewrite.rewrite import rewrite

    capture = capture_program(program, "sm_90", mode)
    if isinstance(capture, Drop):
        return Made(program, why_not=capture.reason)
    try:
        pair = rewrite(program, capture)
    except Exception as error:  # noqa: BLE001  a bug of ours is a result here, and the other programs go on
        return Made(program, why_not=f"bug: {type(error).__name__}: {error}")
    if isinstance(pair, Drop):
        return Made(program, why_not=pair.reason)
    return Made(program, pair.text, pair.entry, capture.externs)


def _judged(pair: Made, device: str, mode: str, bench: Bench) -> tuple[Judgement, float]:
    torch.set_num_threads(1)
    begun, training = time.monotonic(), mode == "training"
    found = verify_texts(
        pair.program.text, pair.text, device=device, bench=bench, externs=pair.externs, training=training,
        with_gradients=training, seconds=SECONDS, names=(pair.program.entry, pair.entry),
    )  # fmt: skip
    return found, time.monotonic() - begun


def _report(pairs: list[Made], found: list[tuple[Judgement, float]]) -> None:
    passed = sum(judgement.passed for judgement, _ in found)
    proved = sum(not judgement.open for judgement, _ in found)
    times = sorted(seconds for _, seconds in found)
    print(f"passed: {passed} of {len(found)} ({passed / len(found):.1%}); proved wrong: {proved - passed}")
    print(f"seconds: median {statistics.median(times):.1f}, p90 {times[len(times) * 9 // 10]:.1f}")
    for reason, count in Counter(judgement.reason for judgement, _ in found if not judgement.passed).most_common():
        print(f"  {reason}: {count}")
        for pair, (judgement, _) in zip(pairs, found, strict=True):
            if judgement.reason == reason:
                print(f"    {pair.program.entry}: {judgement.detail[:150]}")


if __name__ == "__main__":
    main()
