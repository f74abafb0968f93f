"""What the jail costs, and whether it leaks.

    python benchmarks/jail.py [--rounds 40] [--tasks 10000]

In: nothing. Out: a table on stdout. The same eager torch task runs as a plain fork of a process that has torch loaded
(and, in a second row, has done a model's first steps once, as the zygote has), as a jailed task, and (its import alone)
as a fresh interpreter: in turns, so that a busy machine is busy for all. Then N jailed tasks in a row, with memory,
descriptors, processes, temporary files and IPC objects counted before and after. Not covered: CUDA (jail_gpu.py).
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from triton_data.jail import RUN, Jail, Task
from triton_data.jail.inside.rehearsal import rehearse

SOURCE = """
import torch

def main():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 16))
    return model(torch.randn(32, 64)).softmax(-1)
"""


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def fork_once() -> None:
    """The least that could be done: no limits, no checks, the result as bytes through a pipe."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        scope: dict[str, Callable[[], object]] = {}
        exec(SOURCE, scope)
        os.write(writing, scope["main"]().detach().numpy().tobytes())  # type: ignore[attr-defined]
        os._exit(0)
    os.close(writing)
    data = b""
    while chunk := os.read(reading, 1 << 16):
        data += chunk
    os.close(reading)
    os.waitpid(pid, 0)
    assert len(data) == 32 * 16 * 4


def serve_forks(rehearsed: bool) -> None:
    """A process of its own, in the state that a zygote is in: torch loaded, one thread, garbage frozen; and, if asked
    for, a model's first steps done."""
    import torch

    assert torch.get_num_threads() == 1
    if rehearsed:
        rehearse()
    gc.collect()
    gc.freeze()
    for _ in sys.stdin:
        before = sum(os.times()[:4])
        wall = timed(fork_once)
        print(wall, (sum(os.times()[:4]) - before) * 1e3, flush=True)


def import_torch() -> None:
    subprocess.run([sys.executable, "-c", "import torch"], check=True)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What could leak: of the driver, the keeper and the zygote together."""

    processes: int
    descriptors: int
    resident_kib: int
    temporary_files: int
    ipc_objects: int  # of the machine

    @staticmethod
    def now() -> Holdings:
        pids = family(os.getpid())
        status = [Path(f"/proc/{pid}/statm").read_text().split() for pid in pids]
        return Holdings(
            len(pids),
            sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids),
            sum(int(words[1]) - int(words[2]) for words in status) * os.sysconf("SC_PAGE_SIZE") // 1024,
            sum(len(folders) + len(files) for _, folders, files in os.walk(tempfile.gettempdir())),
            sum(len(Path(f"/proc/sysvipc/{kind}").read_text().splitlines()) - 1 for kind in ("msg", "sem", "shm")),
        )


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def spent(pids: list[int]) -> float:
    """CPU milliseconds of these processes and of the children that they have waited for."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in pids]
    return sum(int(word) for words in stats for word in words[11:15]) * 1e3 / os.sysconf("SC_CLK_TCK")


class Forks:
    """A server of plain forks."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve-forks", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    def once(self) -> tuple[float, float]:
        """(wall, CPU) milliseconds."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("fork\n")
        self.process.stdin.flush()
        wall, cpu = self.process.stdout.readline().split()
        return float(wall), float(cpu)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


PLAIN, REHEARSED, JAILED, FRESH = "plain fork", "plain fork, rehearsed", "jailed", "fresh python, import torch"


def compare(jail: Jail, rounds: int) -> None:
    """Wall time is what a lone caller waits; CPU time is what a machine pays, and a busy one blurs it less."""
    servers = {PLAIN: Forks(), REHEARSED: Forks("--rehearsed")}
    others = {server.process.pid for server in servers.values()}
    ours = [pid for pid in family(os.getpid()) if pid not in others]
    walls: dict[str, list[float]] = {name: [] for name in (*servers, JAILED, FRESH)}
    cpu: dict[str, list[float]] = {name: [] for name in walls}
    for turn in range(rounds + 1):
        times = {name: server.once() for name, server in servers.items()}
        before = spent(ours)
        wall = timed(lambda: check(jail))
        now = spent(ours)
        times[JAILED] = wall, now - before
        if turn % 8 == 1:
            wall = timed(import_torch)
            times[FRESH] = wall, spent(ours) - now
        for name, (wall, used) in times.items() if turn else ():  # the first is not counted
            walls[name].append(wall)
            cpu[name].append(used)
    for server in servers.values():
        server.close()
    table(walls, {name: statistics.mean(used) for name, used in cpu.items()})


def table(walls: dict[str, list[float]], cpu: dict[str, float]) -> None:
    medians = {name: statistics.median(times) for name, times in walls.items()}
    print(f"\n{'one eager task':28} {'median ms':>10} {'p90 ms':>8} {'CPU ms':>8}   of a plain fork: wall, CPU")
    for name, times in walls.items():
        high = sorted(times)[int(0.9 * (len(times) - 1))]
        of_fork = ", ".join(f"{found[name] / found[PLAIN]:.2f}×" for found in (medians, cpu))
        print(f"{name:28} {medians[name]:10.1f} {high:8.1f} {cpu[name]:8.1f}   {of_fork}")
    print(f"a fresh process costs {medians[FRESH] / medians[JAILED]:.0f}× a jailed task")


def check(jail: Jail) -> None:
    outcome = jail.run(Task(source=SOURCE), RUN)
    assert outcome.ok, outcome


def soak(jail: Jail, tasks: int) -> None:
    for _ in range(50):  # caches and pools fill first
        check(jail)
    before, start = Holdings.now(), time.perf_counter()
    for done in range(tasks):
        check(jail)
        if done % 1000 == 999:
            print(f"{done + 1} tasks, {Holdings.now()}", file=sys.stderr)
    seconds = time.perf_counter() - start
    time.sleep(0.5)  # the last scratch may be on its way out
    after = Holdings.now()
    print(f"\n{tasks} jailed tasks in a row: {seconds:.0f} s, {tasks / seconds:.0f} tasks/s")
    print(f"{'':32} {'before':>10} {'after':>10}")
    for name in Holdings.__slots__:
        print(f"{name.replace('_', ' '):32} {getattr(before, name):10} {getattr(after, name):10}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--serve-forks", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rehearsed", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve_forks:
        serve_forks(arguments.rehearsed)
        return
    # A temporary directory of its own, so that what other programs leave in the usual one is not counted.
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        tempfile.tempdir = directory
        report(arguments.rounds, arguments.tasks)
        tempfile.tempdir = None


def report(rounds: int, tasks: int) -> None:
    with Jail(shared=False) as jail:
        print(f"python {platform.python_version()}, torch {version('torch')}, {platform.system()} {platform.release()}")
        print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; layers: {', '.join(jail.layers)}")
        compare(jail, rounds)
        if tasks:
            soak(jail, tasks)


if __name__ == "__main__":
    main()
