"""The judge is judged: cheats accepted, mutants that live, right kernels rejected, verdicts a minute.

    PYTHONPATH=src python benchmarks/verify.py [--device cpu|cuda] [--jobs 2] [--sample] [--only REGEX] [--mutants 1]

Every subject goes through `verify_texts`. A mutant that is passed is then compared with its original by
judging/oracle.py; only those that give other results count. Right kernels and cheats also go through the loop that
others use. With `--device cuda` all are judged on both devices, and the verdicts compared. `--sample` is what CI runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import triton
from tqdm import tqdm

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from judging import loop, oracle  # noqa: E402  the folder that this script stands in is not a package
from judging.subjects import Subject, broken, dishonest, right  # noqa: E402
from triton_data.verify.bench.bench import Bench, open_bench  # noqa: E402
from triton_data.verify.judge.judgement import Judgement  # noqa: E402
from triton_data.verify.judge.pair import verify_texts  # noqa: E402

SAMPLE = "^(add|softmax|matmul|histogram|cumsum|FnGelu|LayerLayerNorm|yes)$"
SAMPLE_CHEATS = "zeros|decoy|numpy|cache|race|past"
SECONDS = 30.0  # of one task; a cheat that never ends takes them
LOOPED = 30  # right kernels that also go through the loop: a fresh process each


@dataclass(frozen=True)
class Result:
    subject: Subject
    judged: Judgement
    seconds: float


@dataclass(frozen=True)
class Part:
    """All subjects of one kind, on one device."""

    results: list[Result]
    seconds: float
    cpu_seconds: float

    @property
    def passed(self) -> list[Result]:
        return [result for result in self.results if result.judged.passed]

    @property
    def rejected(self) -> list[Result]:
        return [result for result in self.results if not result.judged.passed]


def main() -> None:
    options = _options()
    only, cheats = (SAMPLE, SAMPLE_CHEATS) if options.sample else (options.only, options.only)
    print(_versions(options.device))
    good = _judged(right(only, variants=not (options.sample or options.one_size)), options.device, options.jobs)
    failed = [_good(good)]
    bad = _judged(dishonest(cheats, options.device), options.device, options.jobs)
    failed.append(_cheats(bad))
    wrong = _judged(broken(options.broken or only, options.mutants), options.device, options.jobs)
    failed.append(_mutants(wrong, options.jobs))
    _throughput({"right kernels": good, "cheats": bad, "mutants": wrong}, options.device)
    if options.device == "cuda":
        _agreement([*good.results, *bad.results, *wrong.results], options.jobs)
    _loop(good, bad, options)
    sys.exit(any(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="names of kernels and cheats")
    parser.add_argument("--broken", default="", help="names of the kernels that are made mutants of, where not --only")
    parser.add_argument("--mutants", type=int, default=1, help="of one operator in one file; 0: all")
    parser.add_argument("--one-size", action="store_true", help="right kernels at one size and dtype each")
    parser.add_argument("--sample", action="store_true", help="a minute or two")
    parser.add_argument("--loop", type=int, default=LOOPED, help="pairs for the loop that others use; 0: none")
    return parser.parse_args()


def _versions(device: str) -> str:
    gpu = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    where = f"{os.cpu_count()} CPUs" if device == "cpu" else subprocess.check_output(gpu, text=True).splitlines()[0]
    python = ".".join(map(str, sys.version_info[:3]))
    return f"python {python}, torch {torch.__version__}, triton {triton.__version__}; on {device}: {where}"


def _judged(subjects: Iterable[Subject], device: str, jobs: int) -> Part:
    """In a jail of their own, because its tasks' CPU time is known when it has ended."""
    before, started, listed = _cpu(), time.monotonic(), list(subjects)
    with (
        open_bench(device) as bench,
        ProcessPoolExecutor(jobs, initializer=torch.set_num_threads, initargs=(1,)) as pool,
    ):
        judging = pool.map(partial(_one, device=device, bench=bench), listed)
        results = list(tqdm(judging, total=len(listed), unit="verdict"))
    return Part(results, time.monotonic() - started, _cpu() - before)


def _one(subject: Subject, device: str, bench: Bench) -> Result:
    begun = time.monotonic()
    judged = verify_texts(subject.reference, subject.candidate, device=device, bench=bench, seconds=SECONDS)
    return Result(subject, judged, time.monotonic() - begun)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _good(part: Part) -> bool:
    print(f"\nright kernels rejected: {len(part.rejected)} of {len(part.results)}{_share(part.rejected, part.results)}")
    for result in part.rejected:
        print(f"  {result.subject.name}: {result.judged.reason}: {result.judged.detail[:120]}")
    return len(part.rejected) > len(part.results) / 100


def _cheats(part: Part) -> bool:
    print(f"\ncheats accepted: {len(part.passed)} of {len(part.results)}")
    for result in part.passed:
        print(f"  {result.subject.name}")
    print(f"  rejected as {_counted(result.judged.reason for result in part.rejected)}")
    return bool(part.passed)


def _mutants(part: Part, jobs: int) -> bool:
    with oracle.open_plain_jail() as jail, ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda result: oracle.compared(result.subject, jail), part.passed))
    alive = {r.subject.name for r, (kind, _) in zip(part.passed, found, strict=True) if kind == "different"}
    kinds = Counter(kind for kind, _ in found)
    told = len(part.rejected) + len(alive)
    print(f"\nmutants killed: {len(part.rejected)} of {told}{_share(part.rejected, range(told))} that change a result")
    print(
        f"  {kinds['same']} more give the same bits as their original, {kinds['rounding']} differ by rounding, ", end=""
    )
    print(f"{kinds['undecided']} could not be compared")
    print(f"  killed as {_counted(result.judged.reason for result in part.rejected)}")
    _by_operator(part, alive)
    for result, (kind, where) in zip(part.passed, found, strict=True):
        if kind in ("different", "undecided"):
            print(f"  {'alive' if kind == 'different' else kind}: {result.subject.name} ({where})")
    return len(alive) > told / 100


def _by_operator(part: Part, alive: set[str]) -> None:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in part.results:
        row = rows[result.subject.operator]
        row[0 if not result.judged.passed else 1 if result.subject.name in alive else 2] += 1
    print(f"  {'operator':<22}killed  alive  equivalent")
    for operator, (killed, living, same) in sorted(rows.items()):
        print(f"  {operator:<22}{killed:6}{living:7}{same:12}")


def _throughput(parts: dict[str, Part], device: str) -> None:
    print(
        f"\n{'verdicts':<16}median s    p90 s  a minute  a CPU minute" + ("  a GPU minute" if device == "cuda" else "")
    )
    for name, part in parts.items():
        seconds = sorted(result.seconds for result in part.results) or [0.0]
        minute, cpu_minute = (60 * len(part.results) / max(t, 1e-9) for t in (part.seconds, part.cpu_seconds))
        p90 = seconds[int(len(seconds) * 0.9)]
        print(f"{name:<16}{statistics.median(seconds):8.2f}{p90:9.2f}{minute:{len(device) + 10}.0f}{cpu_minute:14.0f}")


def _loop(good: Part, bad: Part, options: argparse.Namespace) -> None:
    """One after the other, as its CPU time is that of all children."""
    chosen = _spread([result.subject for result in good.results], 4 if options.sample else options.loop)
    if not chosen:
        return
    trials = [loop.trialled(subject, options.device) for subject in chosen]
    seconds, cpu = sum(t.seconds for t in trials), sum(t.cpu_seconds for t in trials)
    accepted = sum(trial.accepted for trial in trials)
    print(f"\na fresh process a pair, {loop.TRIALS} trials, allclose at 1e-2, one pair at a time:")
    print(f"  {60 * len(trials) / seconds:.1f} verdicts a minute, {60 * len(trials) / cpu:.1f} a CPU minute")
    print(f"  accepts {accepted} of {len(trials)} right kernels")
    if not options.sample:
        with ThreadPoolExecutor(options.jobs) as pool:
            cheated = list(pool.map(lambda result: loop.trialled(result.subject, options.device, 30.0), bad.results))
        print(f"  accepts {sum(trial.accepted for trial in cheated)} of {len(cheated)} cheats")


def _spread(subjects: list[Subject], most: int) -> list[Subject]:
    step = max(1, len(subjects) // most) if most else 1
    return subjects[::step][:most]


def _agreement(results: list[Result], jobs: int) -> None:
    there = _judged((result.subject for result in results), "cpu", jobs).results
    odd = [(a, b) for a, b in zip(results, there, strict=True) if a.judged.passed != b.judged.passed]
    same = range(len(results) - len(odd))
    print(f"\nCPU and CUDA agree on {len(same)} of {len(results)}{_share(same, results)}")
    for on_gpu, on_cpu in odd:
        print(f"  {on_gpu.subject.name}: cuda {_said(on_gpu)}; cpu {_said(on_cpu)}")


def _said(result: Result) -> str:
    return "passed" if result.judged.passed else f"{result.judged.reason}: {result.judged.detail[:80]}"


def _share(part: Iterable[object], whole: Iterable[object]) -> str:
    count = len(list(whole))
    return f" ({len(list(part)) / count:.2%})" if count else ""


def _counted(reasons: Iterable[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in Counter(reasons).most_common()) or "nothing"


if __name__ == "__main__":
    main()
