"""Tests and verdicts of all entries that the templates make, or of every N-th.

    PYTHONPATH=src python benchmarks/templates.py [--every 25 | --each 3] [--device cpu|cuda] [--jobs 2] [--only REGEX]

Each entry's own pytest runs in the jail, then the judge is asked about the pair. Printed: a line for each that did not
pass, and a table a family. Results are kept in --out, a JSON line an entry, and asked for only once.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import torch
import triton

from triton_data.generate.templates.dataset import chosen
from triton_data.generate.templates.families import families
from triton_data.without_run.template_dataset import first_of_each
from triton_data.without_run.templates import checked


def main() -> None:
    options = _options()
    named = [name for name in families() if re.search(options.only, name)]
    entries = chosen(options.count, options.seed, named)
    if options.each:
        entries = first_of_each(entries, options.each)
    entries = entries[:: options.every]
    print(f"python {platform.python_version()}, torch {torch.__version__}, triton {triton.__version__}; "
          f"{options.device}, {options.jobs} jobs; {len(entries)} entries of {len(named)} families")  # fmt: skip
    begun = time.monotonic()
    results = []
    for found in checked(entries, options.device, options.jobs, options.out, judge=not options.tests_only):
        results.append(found)
        if not found.passed:
            print(f"  {found.id}: {found.failure or found.verdict}: {found.detail}"[: options.width], flush=True)
        if len(results) % 100 == 0:
            print(f"  {len(results)} of {len(entries)}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    family_of = {each.id: each.family for each in entries}
    print(f"{'family':28} {'entries':>7} {'tests':>6} {'judge':>6}")
    for name in named:
        own = [each for each in results if family_of[each.id] == name]
        good = sum(each.tested for each in own), sum(each.verdict == "passed" for each in own)
        if own and (good != (len(own), len(own)) or not options.brief):
            print(f"{name:28} {len(own):7} {good[0]:6} {good[1]:6}")
    tested, right = sum(each.tested for each in results), sum(each.verdict == "passed" for each in results)
    print(f"{'all':28} {len(results):7} {tested:6} {right:6}   {time.monotonic() - begun:.0f} s")
    print(f"reasons: {dict(Counter(each.verdict for each in results if each.verdict != 'passed'))}")
    sys.exit(any(not each.passed for each in results))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--each", type=int, default=0, help="the first so many of each operation; 0: all")
    parser.add_argument("--count", type=int, default=0, help="entries to make; 0: as many as the default is")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="families, as a regular expression")
    parser.add_argument("--tests-only", action="store_true")
    parser.add_argument("--brief", action="store_true", help="families with failures only")
    parser.add_argument("--width", type=int, default=400)
    parser.add_argument("--out", type=Path, help="JSON lines of results; what is there is not asked again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
