"""The judge on candidates that were written after reading its page alone: ordinary mistakes, and other styles.

    PYTHONPATH=src python benchmarks/written_candidates.py [first|second …] [--device cpu|cuda] [--jobs 2] [--only X]

In judging/written/SET/NAME lie `ref.py`, `right_*.py` and `wrong_*.py`. Printed: a line for each that is judged
wrongly, and both rates a set. What they were when a set was new, before anything was mended for it, is in
docs/verification.md.
"""

from __future__ import annotations

import argparse
import platform
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import torch
import triton

from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.judgement import Judgement
from triton_data.verify.judge.pair import verify_texts

SETS = Path(__file__).parent / "judging" / "written"


def main() -> None:
    options = _options()
    print(
        f"python {platform.python_version()}, torch {torch.__version__}, triton {triton.__version__}; {options.device}"
    )
    with open_bench(options.device) as bench, ThreadPoolExecutor(options.jobs) as pool:
        for name in options.sets or sorted(path.name for path in SETS.iterdir()):
            begun = time.monotonic()
            places = [path for path in sorted((SETS / name).glob("*/*_*.py")) if re.search(options.only, str(path))]
            found = list(zip(places, pool.map(partial(_judged, bench, options.device), places), strict=True))
            for kind, verb in (("wrong", "accepted"), ("right", "rejected")):
                own = [(path, judged) for path, judged in found if path.name.startswith(kind)]
                missed = [(path, judged) for path, judged in own if judged.passed == (kind == "wrong")]
                for path, judged in missed:
                    print(f"  {path.parent.name}/{path.stem} {verb}: {judged.reason} {judged.detail[:160]}")
                share = 100 * len(missed) / max(len(own), 1)
                print(f"{name}: {len(missed)} of {len(own)} {kind} ones {verb} ({share:.1f}%)")
            print(f"{name}: {time.monotonic() - begun:.0f} s with {options.jobs} jobs")


def _judged(bench: Bench, device: str, path: Path) -> Judgement:
    reference = path.with_name("ref.py").read_text("utf-8")
    return verify_texts(reference, path.read_text("utf-8"), device=device, bench=bench)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
