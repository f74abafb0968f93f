"""What extraction yields on real packages, against a ground truth that is counted another way.

    python benchmarks/extract.py [PACKAGE ...] [--cache DIR] [--kernels-only] [--limit N]

Packages come from the package index at run time, source archives first, into a cache outside the repository; nothing
of them is committed. Foreign code runs in the jail. Classes of packages whose dependencies are absent are counted as
they end: as Drops `needs:<package>`; put the dependencies on PYTHONPATH to see past them.
"""

from __future__ import annotations

import argparse
import ast
import json
import mimetypes
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus import fetch, parsed, true_classes, true_kernels
from triton_data.extract.closure import close
from triton_data.extract.extract import close_kernel
from triton_data.extract.find import classes_in, kernels_in, may_hold_classes, may_hold_kernels
from triton_data.extract.memory import no_collection, one_repository
from triton_data.extract.module import Broken
from triton_data.extract.probing import JailProbe
from triton_data.extract.programs import Programs
from triton_data.extract.repo import Repo
from triton_data.extract.stage import ENVIRONMENT, PRELOAD
from triton_data.jail import Jail
from triton_data.records import Drop, Kernel, Origin, Program

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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("packages", nargs="*", default=PACKAGES)
    options.add_argument("--cache", type=Path, default=Path.home() / ".cache/triton-data/corpus")
    options.add_argument("--kernels-only", action="store_true")
    options.add_argument("--limit", type=int, default=10**9, help="classes per package")
    args = options.parse_args()
    rows = []
    # the jail reads the environment's own packages; what PYTHONPATH adds must be named
    roots = [folder for folder in os.environ.get("PYTHONPATH", "").split(":") if folder and Path(folder).is_dir()]
    tables = [Path(path) for path in mimetypes.knownfiles if Path(path).is_file()]  # read by fastai's import
    with Jail(PRELOAD, roots=roots, read=tables, env=ENVIRONMENT) as jail:
        for package in args.packages:
            row = Yield(package)
            repo = Repo(fetch(package, args.cache))
            measure_kernels(repo, row, args.cache / "kernels" / package)
            if not args.kernels_only:
                measure_classes(repo, row, jail, args.limit)
            rows.append(row)
            print(json.dumps(summary(row)), flush=True)
    print_tables(rows)


def measure_kernels(repo: Repo, row: Yield, out: Path) -> None:
    python = {path: repo.files[path] for path in repo.python_files()}
    row.kernels_true = sum(true_kernels(data) for data in python.values())
    row.floor_s = timed(lambda: sum(parsed(data) is not None for data in python.values() if may_hold_kernels(data)))
    row.seed_s = timed(lambda: [seed_loop(data) for data in python.values() if b"triton" in data])
    fresh = Repo(repo.files)
    kernels: list[tuple[str, Kernel]] = []
    with one_repository():
        row.kernels_s = timed(lambda: kernels.extend(closed_kernels(fresh, row)))
    out.mkdir(parents=True, exist_ok=True)
    for n, (exact, kernel) in enumerate(kernels):
        row.kernels_exact += exact in kernel.text
        (out / f"k{n:05}.py").write_text(kernel.text)
    row.kernels_import = imported(out, len(kernels))


def closed_kernels(repo: Repo, row: Yield) -> Iterator[tuple[str, Kernel]]:
    for path in repo.python_files():
        module = repo.module(path) if may_hold_kernels(repo.files[path]) else None
        if module is None or isinstance(module, Broken):
            continue
        origin = Origin("pypi", row.package, path=path)
        with no_collection():
            made = [(found, close_kernel(repo, module, found, origin)) for found in kernels_in(repo, module)]
        row.kernels_found += len(made)
        for found, result in made:
            if isinstance(result, Drop):
                row.drops[f"kernel {result.reason}"] += 1
            else:
                row.kernels_closed += 1
                yield "\n".join(module.lines[found.line_start - 1 : found.line_end]), result


def seed_loop(data: bytes) -> list[str]:
    """What the seed did to each file; `ast.unparse` stands in for astor, which is slower."""
    nodes = (node for node in ast.walk(parsed(data)) if isinstance(node, ast.FunctionDef))
    return [ast.unparse(n) for n in nodes if any("jit" in ast.unparse(d) for d in n.decorator_list)]


_IMPORTER = """
import os, sys, runpy, pathlib
import torch, triton
good = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("k*.py"))[: int(sys.argv[2])]:
    child = os.fork()
    if child == 0:
        try:
            runpy.run_path(str(path)); code = 0
        except BaseException as error:
            sys.stderr.write(f"{path.name} {type(error).__name__}: {str(error)[:160]}\\n"); code = 1
        finally:
            sys.stderr.flush(); os._exit(code)
    good += os.waitpid(child, 0)[1] == 0
print(good)
"""


def imported(folder: Path, count: int) -> int:
    """Each file in its own process, forked from one that has imported only torch and triton."""
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    command = [sys.executable, "-c", _IMPORTER, str(folder), str(count)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    sys.stderr.write(done.stderr)
    return int(done.stdout.split()[-1])


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure_classes(repo: Repo, row: Yield, jail: Jail, limit: int) -> None:
    python = {path: repo.files[path] for path in repo.python_files()}
    row.classes_true = true_classes(python)
    programs = Programs(repo, JailProbe(jail))
    for path, data in python.items():
        module = repo.module(path) if may_hold_classes(data) else None
        if module is None or isinstance(module, Broken):
            continue
        for found in classes_in(repo, module):
            row.classes_found += 1
            if row.classes_found > limit:
                continue
            row.seconds["close"] += timed(lambda f=found, p=path: count_closed(repo, p, f.name, row))  # type: ignore[misc]
            result = programs.make(module, found, replace(Origin("pypi", row.package), path=path))
            if isinstance(result, Program):
                row.by_source[result.inputs_from] += 1
            else:
                row.drops[result.reason] += 1
    row.seconds.update(programs.seconds)


def count_closed(repo: Repo, path: str, name: str, row: Yield) -> None:
    row.classes_closed += not isinstance(close(repo, [(path, name.split(".")[0])]), Drop)


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
            if not isinstance(value, str):
                setattr(total, name, getattr(total, name) + value)
    heads = ("true", "found", "closed", "exact", "import", "floor s", "ours", "seed")
    print(f"\n{'kernels':26}" + "".join(f"{head:>8}" for head in heads))
    for row in [*rows, total]:
        if row.kernels_true:
            ours, seed = row.kernels_s / max(row.floor_s, 1e-9), row.seed_s / max(row.floor_s, 1e-9)
            numbers = (row.kernels_true, row.kernels_found, row.kernels_closed, row.kernels_exact, row.kernels_import)
            print(
                f"{row.package:26}{numbers[0]:7}{numbers[1]:7}{numbers[2]:8}{numbers[3]:7}{numbers[4]:8}{row.floor_s:9.2f}{ours:6.2f}x{seed:6.2f}x"
            )
    print(f"\n{'classes':26}{'true':>6}{'found':>7}{'closed':>8}{'run':>6}{'share':>7}  by source; drops")
    for row in [*rows, total]:
        run = sum(row.by_source.values())
        share = run / max(1, run + sum(n for why, n in row.drops.items() if not why.startswith("kernel")))
        print(f"{row.package:26}{row.classes_true:6}{row.classes_found:7}{row.classes_closed:8}{run:6}{share:7.0%}  "
              f"{dict(row.by_source)}; {dict(row.drops.most_common(8))}")  # fmt: skip
    spent = sum(total.seconds.values()) or 1.0
    print("\ntime:", ", ".join(f"{step} {s:.0f} s ({s / spent:.0%})" for step, s in total.seconds.items()))
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"peak memory: driver {rss[0] >> 10} MiB, largest child {rss[1] >> 10} MiB")


if __name__ == "__main__":
    main()
