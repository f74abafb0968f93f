"""What a capture costs, and how much of the zoo it takes.

    PYTHONPATH=src python benchmarks/capture.py [--only REGEX] [--shard 0/1] [--cost 40] [--leak 500] [--jailed 5000]

One run prints: CPU seconds a module (p50, p95) in workers forked from a warm process, against a fresh process each;
the resident size of one process over `--leak` captures; captured and dropped programs for each mode; and kernels
that reach cubin for each target. With `--jailed` it prints the resident size of the jail's processes instead. Not
covered: the jail's own cost (benchmarks/jail.py), exactness (exactness.py).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # read when torch is imported

from modules import programs  # noqa: E402  the folder that this script stands in is not a package
from triton_data.records import Capture, Drop, InductorKernel, Program  # noqa: E402

Named = tuple[str, Program]


def main() -> int:
    options = _options()
    index, count = map(int, options.shard.split("/"))
    chosen = [item for item in programs() if re.search(options.only, item[0])][index::count]
    if options.jailed:
        return _jailed(chosen, options.jailed)
    if options.one:
        return _one(dict(chosen)[options.one])
    os.environ["TRITON_CACHE_DIR"] = tempfile.mkdtemp()
    from triton_data.capture.headless.capture import warm_up
    from triton_data.capture.toolchain import versions

    print(dict(versions()), f"{len(chosen)} programs")
    warm_up()
    _cost(chosen[:: max(1, len(chosen) // options.cost)])
    kernels = _success(chosen, options.modes.split(","))
    for target in filter(None, options.cubin.split(",")):
        _cubin(kernels, target)
    _leak(chosen, options.leak)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", default="", help="regular expression on program names")
    parser.add_argument("--shard", default="0/1", help="every n-th program from the i-th, as i/n, for several cores")
    parser.add_argument("--modes", default="inference,training,dynamic")
    parser.add_argument("--cost", type=int, default=40, help="programs to time")
    parser.add_argument("--leak", type=int, default=500, help="captures in one process")
    parser.add_argument("--jailed", type=int, help="captures in the jail, as a run makes them; prints sizes only")
    parser.add_argument("--cubin", default="sm_80,sm_90,sm_100")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(program: Program) -> int:
    from triton_data.capture.headless.capture import capture_program

    return int(isinstance(capture_program(program), Drop))


def _cost(chosen: list[Named]) -> None:
    """Forked children do what the jail's workers do; a fresh process does what a script without it would."""
    from triton_data.capture.headless.capture import capture_program

    def fresh(name: str) -> None:
        subprocess.run([sys.executable, __file__, "--one", name], check=False, stderr=subprocess.DEVNULL)

    warm = [_children_cpu(partial(_in_fork, partial(capture_program, program))) for _, program in chosen]
    cold = [_children_cpu(partial(fresh, name)) for name, _ in chosen[::4]]
    ratio = statistics.mean(cold) / statistics.mean(warm)
    for label, seconds in (("forked from a warm process", sorted(warm)), ("fresh process", sorted(cold))):
        p95 = seconds[int(0.95 * (len(seconds) - 1))]
        print(f"{label}: p50 {statistics.median(seconds):.2f} s, p95 {p95:.2f} s CPU a module (n={len(seconds)})")
    print(f"modules per CPU-second: {ratio:.1f} times those of a fresh process")


def _children_cpu(action: Callable[[], Any]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _in_fork(action: Callable[[], Any]) -> Any:
    """The action's JSON from a forked child; None where the child died."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        status = 1
        try:
            with os.fdopen(write, "w") as pipe:
                json.dump(action(), pipe, default=lambda value: None)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    return json.loads(text) if os.waitpid(pid, 0)[1] == 0 else None


def _success(chosen: list[Named], modes: list[str]) -> list[InductorKernel]:
    kernels: list[InductorKernel] = []
    for mode in modes:
        started, dropped, count = time.monotonic(), [], 0
        for name, program in chosen:
            answer = _in_fork(partial(_plain, program, mode))
            if answer is None or "drop" in answer:
                dropped.append(f"{name}: {answer['drop'] if answer else 'the process died'}")
            elif mode != "dynamic":
                kernels += [InductorKernel(*pair) for pair in answer["kernels"]]
            count += len(answer["kernels"]) if answer and "kernels" in answer else 0
        done = len(chosen) - len(dropped)
        print(f"{mode}: {done} of {len(chosen)} captured, {count} kernels, {time.monotonic() - started:.0f} s")
        for line in dropped:
            print(f"  {line[:200]}")
    return kernels


def _plain(program: Program, mode: str) -> dict[str, Any]:
    from triton_data.capture.headless.capture import capture_program

    result = capture_program(program, mode=mode)
    if isinstance(result, Capture):
        return {"kernels": [(kernel.name, kernel.text) for kernel in result.kernels]}
    return {"drop": f"{result.reason}: {result.detail}"}


def _cubin(kernels: list[InductorKernel], target: str) -> None:
    from triton_data.capture.compile_check import compile_all
    from triton_data.targets import find_target

    unique = list({kernel.text: kernel for kernel in kernels}.values())
    started = time.monotonic()
    failed = [result for result in compile_all(unique, find_target(target)) if isinstance(result, Drop)]
    each = (time.monotonic() - started) / max(len(unique), 1)
    print(f"{target}: {len(unique) - len(failed)} of {len(unique)} distinct kernels to cubin, {each:.2f} s each")
    for drop in failed:
        print(f"  {drop.part}: {drop.detail[:200]}")


def _leak(chosen: list[Named], count: int) -> None:
    """In a child, because it runs one capture after the other in one process, as no worker of ours does for long."""
    from triton_data.capture.headless.capture import capture_program

    def sizes() -> list[int]:
        seen = []
        for index in range(count):
            capture_program(chosen[index % len(chosen)][1])
            if index % max(1, count // 5) == 0 or index == count - 1:
                resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
                seen.append(resident >> 20)
        return seen

    print(f"resident MiB of one process over {count} captures: {_in_fork(sizes)}")


def _jailed(chosen: list[Named], count: int) -> int:
    """The jail's processes, not ours: a worker is forked for each capture and gone after it, so nothing may add up."""
    from concurrent.futures import ThreadPoolExecutor

    from triton_data.capture.stage import CaptureStage, Job

    stage = CaptureStage(("sm_90",), ("inference",))
    started, sizes, captured = time.monotonic(), list[int](), 0
    with stage.resources(), ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, count, max(1, count // 10)):
            many = range(first, min(first + max(1, count // 10), count))
            jobs = [Job(chosen[index % len(chosen)][1], "sm_90", "inference") for index in many]
            made = pool.map(lambda job: [isinstance(each, Capture) for each in stage.work(job)], jobs)
            captured += sum(all(each) for each in made)
            sizes.append(sum(_resident(pid) for pid in _below(os.getpid())) >> 20)
            print(f"{many[-1] + 1} captures, {time.monotonic() - started:.0f} s, {sizes[-1]} MiB in all", flush=True)
    print(f"{captured} of {count} captured; resident MiB of the jail's processes, every tenth: {sizes}")
    return 0


def _below(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in children for each in (child, *_below(child))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:  # ended meanwhile
        return 0


if __name__ == "__main__":
    sys.exit(main())
