"""Graphs: how many a CPU-second gives, how many of them are inside the window, what they cover.

    python benchmarks/graphs.py [--count 300] [--cover 10000] [--validated 0]

Sampling alone is timed in this process; with `--validated` the whole stage as well, the jail included, in wall seconds
and in CPU seconds of this process and its children. The public generator, on two cores, gave 7.6, 0.24, 0.73, 1.8, 1.4
graphs inside the window 2^34 to 2^35 a CPU-second, at 1, 2, 3, 5, 10 operators.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from triton_data.generate.graphs.output import Coverage
from triton_data.generate.graphs.plan import COUNTS, Settings, wish
from triton_data.generate.graphs.run import Places, generate
from triton_data.generate.graphs.search import Found, search
from triton_data.generate.graphs.stage import line_of
from triton_data.generate.graphs.wish import Window
from triton_data.generate.operators import families, table
from triton_data.generate.operators.forbidden import forbidden, legal_pairs

WINDOWS = {"2^16 to 2^22": Window(2**16, 2**22), "2^34 to 2^35": Window(2**34, 2**35)}
PUBLIC = {1: 7.6, 2: 0.24, 3: 0.73, 5: 1.8, 10: 1.4}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--cover", type=int, default=10_000)
    options.add_argument("--validated", type=int, default=0, metavar="N", help="also N graphs a level through the jail")
    asked = options.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "ortools"))
    print(f"python {platform.python_version()}, {versions}, {os.cpu_count()} cores")
    print(f"{len(table())} operators in {len(families())} families, {len(legal_pairs())} legal pairs")
    refused()
    for name, window in WINDOWS.items():
        for level in range(5):
            sampled(level, name, window, asked.count)
    if asked.validated:
        for level in range(5):
            validated(level, asked.validated)
    if asked.cover:
        covered(asked.cover)


def refused() -> None:
    kinds = Counter[str]()
    for first in table():
        for second in table():
            reason = forbidden(first, second)
            kinds["rank" if " takes rank " in reason else "dtype" if " takes " in reason else reason and "value"] += 1
    why = ", ".join(f"{kind} {kinds[kind]}" for kind in ("dtype", "rank", "value"))
    print(f"pairs: legal {kinds['']}, refused because of {why}")


def sampled(level: int, name: str, window: Window, count: int) -> None:
    settings = Settings(level, 0, window, usual=False)
    drops, inside, solved, again, several = Counter[str](), 0, 0, 0, 0
    started = time.process_time()
    for index in range(count):
        found = search(wish(settings, index))
        if isinstance(found, Found):
            inside += window.holds(found.graph)
            solved += found.solved
            several += len(found.graph.outputs) > 1
            again += max(Counter(use.value for node in found.graph.nodes for use in node.uses).values()) > 1
        else:
            drops[found.reason] += 1
    pace = inside / (time.process_time() - started)
    operators = COUNTS[level]
    times = f", {pace / PUBLIC[operators]:.0f} times the public one" if window.min_flops == 2**34 else ""
    lost = ", ".join(f"{reason} {n}" for reason, n in drops.items()) or "none dropped"
    made = f"{pace:.0f} a CPU-second{times}; {inside} inside of {count - drops.total()} made"
    print(
        f"{operators:>2} operators, {name}: {made}"
        f" ({lost}; by the solver {solved}; a value read twice in {again}, several outputs in {several})",
        flush=True,
    )


def validated(level: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(level, 0, WINDOWS["2^16 to 2^22"], usual=False)
        before, started = _cpu(), time.monotonic()
        coverage = generate(settings, Places(Path(place) / "graphs.jsonl", Path(place) / "run"), 0, count)
        wall, cpu = time.monotonic() - started, _cpu() - before
    print(
        f"{COUNTS[level]:>2} operators, validated: {coverage.graphs / wall:.0f} a second, {coverage.graphs / cpu:.0f} a"
        f" CPU-second ({coverage.graphs} graphs, {wall:.1f} s with the start of the jail)",
        flush=True,
    )


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def covered(count: int) -> None:
    settings, coverage = Settings(4, 0, WINDOWS["2^16 to 2^22"], usual=False), Coverage()
    for index in range(count):
        asked = wish(settings, index)
        found = search(asked)
        if isinstance(found, Found):
            coverage.add(line_of(asked, found))
    told = coverage.to_json()
    print(f"{count} graphs of 10 operators: {told}")


if __name__ == "__main__":
    main()
