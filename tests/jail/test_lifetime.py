"""Zygotes wear out, processes are killed, drivers vanish: nothing may be left, and nothing may hang."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from triton_data.jail import RUN, Jail, JailGone, Task, doctor
from triton_data.jail.outside import keeper

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


def in_background(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    return thread, found


ZYGOTE_FIRST = "import time\ndef main():\n  print('begun', flush=True); time.sleep(2); return 'done'"


def zygote_of(jail: Jail) -> int:
    assert jail.held.keeper is not None
    return int(Path(f"/proc/{jail.held.keeper.pid}/task/{jail.held.keeper.pid}/children").read_text().split()[0])


def busy_zygote(jail: Jail) -> int:
    """Of a jail whose keeper may just be starting another one: that which has a child."""
    found: list[int] = []

    def has_child() -> bool:
        assert jail.held.keeper is not None
        found[:] = [pid for pid in family(jail.held.keeper.pid)[:1] if family(pid)]
        return bool(found)

    assert eventually(has_child, 20)
    time.sleep(0.3)  # else the nanny may not have heard that it began, and asks anew as if nothing had happened
    return found[0]


def test_the_victims_of_a_dying_zygote_have_their_results() -> None:
    with Jail(preload=()) as jail:
        waiting = [in_background(lambda: jail.run(Task(source=ZYGOTE_FIRST))) for _ in range(2)]
        os.kill(busy_zygote(jail), signal.SIGKILL)
        for thread, _ in waiting:
            thread.join(60)
    assert [found[0].value for _, found in waiting] == ["done", "done"]  # type: ignore[attr-defined]


def test_what_ends_its_zygote_alone_is_named_and_not_tried_again() -> None:
    with Jail(preload=()) as jail:
        thread, found = in_background(lambda: jail.run(SLEEP))
        os.kill(busy_zygote(jail), signal.SIGKILL)
        thread.join(20)
        assert found[0].reason == "lost:the zygote died during the task, which ran alone"  # type: ignore[attr-defined]
        assert jail.run(NOTHING).ok


def test_of_two_the_one_that_ends_its_zygote_again_is_named() -> None:
    short = Task(source="import time\ndef main():\n  time.sleep(0.8); return 'done'")
    with Jail(preload=()) as jail:
        at_fault, found = in_background(lambda: jail.run(SLEEP))
        first = busy_zygote(jail)
        victim, well = in_background(lambda: jail.run(short))
        assert eventually(lambda: len(family(first)) == 2)
        time.sleep(0.3)
        os.kill(first, signal.SIGKILL)
        while at_fault.is_alive():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the last one is just going
                zygote = busy_zygote(jail)
                child = family(zygote)[0]
                if not eventually(lambda: not alive(child), 1.5):  # noqa: B023  it is called here
                    os.kill(zygote, signal.SIGKILL)
            at_fault.join(0.5)
        victim.join(30)
    assert well[0].value == "done"  # type: ignore[attr-defined]
    assert found[0].reason.startswith("lost:the zygote died during the task, twice")  # type: ignore[attr-defined]


def test_a_stuck_zygote_is_replaced_within_seconds() -> None:
    with Jail(preload=()) as jail:
        os.kill(zygote_of(jail), signal.SIGSTOP)
        start = time.monotonic()
        assert jail.run(NOTHING).ok
        assert time.monotonic() - start < 25


def test_a_new_start_is_not_poisoned_by_what_a_task_left() -> None:
    deep = Task(
        source="import os, time\ndef main():\n  for _ in range(1300): os.mkdir('d'); os.chdir('d')\n  time.sleep(600)"
    )
    with Jail(preload=()) as jail:

        def dig() -> None:
            with contextlib.suppress(JailGone):
                jail.run(deep, replace(RUN, layers=("landlock", "seccomp"), wall_s=60, files=1 << 20))

        thread, _ = in_background(dig)
        scratch = Path(jail.address).parents[1] / "scratch"
        assert eventually(lambda: any(scratch.glob("task-*/d/d/d")))
        assert jail.held.keeper is not None
        os.kill(jail.held.keeper.pid, signal.SIGKILL)
        thread.join(60)
        with Jail(preload=()) as second:
            assert second.run(NOTHING).ok
        assert not scratch.exists()


def test_doctor_does_not_wait_for_a_jail_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PATIENCE_S", 1.0)
    monkeypatch.setattr(Jail, "run", lambda *_: threading.Event().wait())
    start = time.monotonic()
    found = doctor.layers_available()
    assert time.monotonic() - start < 3
    assert not found["safe"]
    assert "jail" in found["missing"]
