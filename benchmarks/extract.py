"""What extraction yields on real packages, against a ground truth that is counted another way.

    python benchmarks/extract.py [PACKAGE ...] [--cache DIR] [--kernels-only | --classes-only] [--jobs N]
        [--part K/N] [--where REGEX] [--reasons FILE.jsonl]

Packages come from the package index at run time, source archives first, into a cache outside the repository; nothing
of them is committed. Foreign code runs in the jail. Classes of packages whose dependencies are absent are counted as
they end: as Drops `needs:<package>`; put the dependencies on PYTHONPATH to see past them. `--jobs 2` takes two packages
at a time; kernels should be timed with one. `--part 0/4`
takes every fourth class and `--where` those whose path matches; `--reasons` writes what became of each class, one JSON
object a line.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import os
import platform
import re
import resource
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

import torch
import triton

from corpus import fetch, true_classes
from extract_kernels import measure_kernels
from triton_data.extract.closure.closure import close
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.programs.programs import Programs
from triton_data.extract.reasons import Reason
from triton_data.extract.source.find import classes_in, may_hold_classes
from triton_data.extract.source.module import Broken
from triton_data.extract.source.repo import Repo
from triton_data.extract.stage import open_jail
from triton_data.jail import Jail
from triton_data.records import Drop, Origin, Program

PACKAGES = [
    "nystrom-attention",
    "soft-moe-pytorch",
    "magvit2-pytorch",
    "tab-transformer-pytorch",
    "open-clip-torch",
    "pytorch-metric-learning",
    "asteroid",
    "deepctr-torch",
    "tsai",
    "conch-triton-kernels",
    "rwkv-fla",
]


@dataclass
class Yield:
    package: str
    kernels_true: int = 0
    kernels_found: int = 0
    kernels_closed: int = 0
    kernels_exact: int = 0
    kernels_import: int = 0
    classes_true: int = 0
    classes_found: int = 0
    classes_closed: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    floor_s: float = 0.0
    kernels_s: float = 0.0
    seed_s: float = 0.0
    seconds: Any = field(default_factory=Counter)  # float seconds by step
    memory: list[int] = field(default_factory=list)  # KiB: of the driver, of the largest child

    @property
    def run(self) -> int:
        return sum(self.by_source.values())

    @property
    def linked(self) -> int:
        """Classes whose standalone file and inputs are those of another that runs."""
        return self.drops[Reason.DUPLICATE]

    @property
    def judged(self) -> int:
        return self.run + sum(n for why, n in self.drops.items() if not why.startswith("kernel"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("packages", nargs="*", default=PACKAGES)
    options.add_argument("--cache", type=Path, default=Path.home() / ".cache/triton-data/corpus")
    options.add_argument("--kernels-only", action="store_true")
    options.add_argument("--classes-only", action="store_true")
    options.add_argument("--jobs", type=int, default=1, help="packages at a time")
    options.add_argument("--where", type=re.compile, default="", help="only classes in files whose path matches")
    options.add_argument("--part", default="0/1", help="K/N: every Nth class, from the Kth")
    options.add_argument("--reasons", type=Path, default=Path(os.devnull), help="JSON lines, one a class")
    args = options.parse_args()
    args.reasons.write_text("")
    rows = []
    with ProcessPoolExecutor(args.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        for row in pool.map(partial(measure, args=args), args.packages):
            rows.append(row)
            print(json.dumps(summary(row)), flush=True)
    print_tables(rows)


def measure(package: str, args: argparse.Namespace) -> Yield:
    """In a process of its own, with a jail of its own."""
    # the jail reads the environment's own packages; what PYTHONPATH adds must be named
    roots = [folder for folder in os.environ.get("PYTHONPATH", "").split(":") if folder and Path(folder).is_dir()]
    tables = [Path(path) for path in mimetypes.knownfiles if Path(path).is_file()]  # read by fastai's import
    row = Yield(package)
    repo = Repo(fetch(package, args.cache))
    if not args.classes_only:
        measure_kernels(repo, row, args.cache)
    if not args.kernels_only:
        with open_jail(roots=roots, read=tables) as jail, args.reasons.open("a") as reasons:
            measure_classes(repo, row, jail, args, reasons)
    row.memory = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return row


def measure_classes(repo: Repo, row: Yield, jail: Jail, args: argparse.Namespace, reasons: TextIO) -> None:
    first, step = map(int, args.part.split("/"))
    python = {path: repo.files[path] for path in repo.python_files()}
    row.classes_true = true_classes(python)
    programs = Programs(repo, JailProbe(jail))
    for path, data in python.items():
        module = repo.module(path) if may_hold_classes(data) else None
        if module is None or isinstance(module, Broken):
            continue
        for found in classes_in(repo, module):
            row.classes_found += 1
            if (row.classes_found - 1) % step != first or not re.search(args.where, path):
                continue
            started = time.process_time()
            row.classes_closed += not isinstance(close(repo, [(path, found.name.split(".")[0])]), Drop)
            row.seconds["close"] += time.process_time() - started
            started = time.monotonic()
            result = programs.make(module, found, replace(Origin("pypi", row.package), path=path))
            became = result.inputs_from if isinstance(result, Program) else f"{result.reason}: {result.detail[:200]}"
            said = {"package": row.package, "path": path, "name": found.name, "became": became}
            print(json.dumps({**said, "seconds": round(time.monotonic() - started, 1)}), file=reasons, flush=True)
            if isinstance(result, Program):
                row.by_source[result.inputs_from] += 1
            else:
                row.drops[str(result.reason)] += 1
    row.seconds.update(programs.seconds)


def summary(row: Yield) -> dict[str, object]:
    values = {k: v for k, v in vars(row).items() if not isinstance(v, Counter)}
    values = {k: round(v, 3) if isinstance(v, float) else v for k, v in values.items()}
    return {
        **values,
        "by_source": row.by_source,
        "drops": row.drops,
        "seconds": {k: round(v, 1) for k, v in row.seconds.items()},
    }


def print_tables(rows: list[Yield]) -> None:
    total = Yield("all")
    for row in rows:
        for name, value in vars(row).items():
            if name not in ("package", "memory"):
                setattr(total, name, getattr(total, name) + value)
    versions = f"python {platform.python_version()}, torch {torch.__version__}, triton {triton.__version__}"
    print(f"\n{versions}, {os.cpu_count()} cores")
    if total.kernels_true:
        print_kernels([*(row for row in rows if row.kernels_true), total])
    if total.classes_found:
        print_classes([*(row for row in rows if row.classes_found), total])
    driver, child = (max(row.memory[which] for row in rows) >> 10 for which in (0, 1))
    print(f"peak memory: driver {driver} MiB, largest child {child} MiB")


def print_kernels(rows: list[Yield]) -> None:
    heads = ("true", "found", "closed", "exact", "import", "floor s", "ours", "seed")
    print(f"\n{'kernels':26}" + "".join(f"{head:>8}" for head in heads))
    for row in rows:
        numbers = (row.kernels_true, row.kernels_found, row.kernels_closed, row.kernels_exact, row.kernels_import)
        ours, seed = row.kernels_s / max(row.floor_s, 1e-9), row.seed_s / max(row.floor_s, 1e-9)
        counts = "".join(f"{number:8}" for number in numbers)
        print(f"{row.package:26}{counts}{row.floor_s:8.2f}{ours:7.2f}x{seed:7.2f}x")


def print_classes(rows: list[Yield]) -> None:
    heads = "".join(f"{head:>7}" for head in ("true", "found", "closed", "run", "linked", "share"))
    print(f"\n{'classes':26}{heads}  by source; why not")
    for row in rows:
        numbers = (row.classes_true, row.classes_found, row.classes_closed, row.run, row.linked)
        share = (row.run + row.linked) / max(1, row.judged)
        why = {k: n for k, n in row.drops.most_common() if k != Reason.DUPLICATE and not k.startswith("kernel")}
        counts = "".join(f"{number:7}" for number in numbers)
        print(f"{row.package:26}{counts}{share:7.0%}  {dict(row.by_source)}; {why}")
    total = rows[-1]
    spent = sum(total.seconds.values()) or 1.0
    steps = ", ".join(f"{step} {s:.0f} s ({s / spent:.0%})" for step, s in total.seconds.items())
    print(f"\nprocessor time: {steps}; {total.judged / spent:.2f} classes a second")


if __name__ == "__main__":
    main()
