"""Zygotes wear out, processes are killed, drivers vanish: nothing may be left, and nothing may hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from triton_data.jail import RUN, Jail, Task, keeper

NOTHING = Task(source="import os\ndef main(): return open('/proc/self/stat').read().split()[3]")  # the zygote's pid
SLEEP = Task(source="import time\ndef main(): time.sleep(600)")


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] + [grand for child in children for grand in family(int(child))]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worn_zygote_is_replaced() -> None:
    with Jail(preload=(), retire_after=5) as jail:
        outcomes = [jail.run(NOTHING) for _ in range(12)]
    assert all(outcome.ok for outcome in outcomes)
    assert len({str(outcome.value) for outcome in outcomes}) == 3


def test_a_killed_zygote_is_replaced_and_its_task_is_lost() -> None:
    with Jail(preload=()) as jail:
        zygote = int(str(jail.run(NOTHING).value))
        os.kill(zygote, signal.SIGKILL)
        assert jail.run(NOTHING).ok
    assert not alive(zygote)


def test_nothing_is_left_after_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(family(os.getpid()))
    with Jail(preload=()) as jail:
        jail.run(
            Task(source="def main():\n  for i in range(9): open(f'{i}', 'w')"),
            replace(RUN, layers=("landlock", "seccomp")),
        )
        pids = set(family(os.getpid())) - before
        assert len(pids) == 2  # keeper and zygote
        (base,) = (
            Path(jail.address).parents[2].glob(f"{keeper.PREFIX}*")
            if tmp_path in Path(jail.address).parents
            else [Path(jail.address).parents[1]]
        )
        assert not list((base / "scratch").iterdir())
    assert not any(alive(pid) for pid in pids)
    assert not base.exists()


DRIVER = """
import sys, threading, time
from triton_data.jail import Jail, Task
with Jail(preload=()) as jail:
    print(jail.address, flush=True)
    jail.run(Task(source="import time\\ndef main(): time.sleep(600)"))
"""


@pytest.mark.parametrize("which", ["driver", "keeper and driver"])
def test_a_driver_that_is_killed_leaves_nothing(which: str) -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER], stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    base = Path(driver.stdout.readline().strip()).parents[1]
    assert eventually(lambda: len(family(driver.pid)) == 3)  # keeper, zygote, child
    pids = family(driver.pid)
    if which != "driver":
        os.kill(pids[0], signal.SIGKILL)
    driver.kill()
    driver.wait()
    driver.stdout.close()
    assert eventually(lambda: not any(alive(pid) for pid in pids))
    if which != "driver":  # nobody was left to clean up: the next start does
        with Jail(preload=()):
            pass
    assert eventually(lambda: not base.exists())


WORKER = """
import sys
from triton_data.jail import Jail, Task
Jail.attach(sys.argv[1]).run(Task(source="import time\\ndef main(): time.sleep(600)"))
"""


def test_a_worker_that_is_killed_takes_its_task_along() -> None:
    with Jail(preload=()) as jail:
        quiet = len(family(os.getpid()))
        worker = subprocess.Popen([sys.executable, "-c", WORKER, jail.address])
        assert eventually(lambda: len(family(os.getpid())) == quiet + 2)  # the worker, and a child of the zygote
        worker.kill()
        worker.wait()
        assert eventually(lambda: len(family(os.getpid())) == quiet)
        assert jail.run(NOTHING).ok
