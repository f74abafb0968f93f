"""kill -9, Ctrl-C once and twice: nothing lost, nothing twice, and the same command goes on."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from triton_data.records import Kernel
from triton_data.store import Store

ITEMS = 400


def start(run_dir: Path, items: int, pause: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.driver", str(run_dir), str(items), str(pause)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])


def committed(run_dir: Path) -> int:
    try:
        with sqlite3.connect(f"file:{run_dir}/run.db?mode=ro", uri=True) as db:
            return int(db.execute("SELECT COUNT(*) FROM outcomes").fetchone()[0])
    except sqlite3.OperationalError:  # no file, or no tables yet
        return 0


def wait_for(run_dir: Path, at_least: int) -> None:
    deadline = time.monotonic() + 30
    while committed(run_dir) < at_least:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("wanted", [8, pytest.param(20, marks=pytest.mark.slow)])
def test_kills_at_random_points_lose_nothing(tmp_path: Path, wanted: int) -> None:
    rng = random.Random(20)
    run_dir = tmp_path / "run"
    kills = 0
    while kills < wanted:
        before = committed(run_dir)
        driver = start(run_dir, ITEMS, 0.01)
        if rng.random() < 0.3:  # early: while it starts, migrates, spawns
            time.sleep(rng.uniform(0.05, 0.6))
        else:  # in the middle of the work
            wait_for(run_dir, min(before + rng.randint(1, 12), ITEMS - 20))
            time.sleep(rng.uniform(0, 0.02))
        workers = children(driver.pid)
        driver.kill()
        driver.communicate()
        kills += 1
        assert not [pid for pid in workers if still_runs(pid)], "a worker outlived its driver"
    assert 0 < committed(run_dir) < ITEMS
    last = start(run_dir, ITEMS, 0.0)
    assert last.wait(60) == 0
    with Store.read(run_dir) as store:
        keys = [row[0] for row in store.db.execute("SELECT item FROM outcomes WHERE stage='numbered'")]
        assert sorted(keys) == sorted(f"{i}:ok" for i in range(ITEMS))
        assert sorted(k.name for k in store.records(Kernel)) == sorted(f"k{i}" for i in range(ITEMS))
        assert store.db.execute("SELECT COUNT(*) FROM also_seen").fetchone() == (0,), "a record was made twice"
        assert store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def still_runs(pid: int) -> bool:
    for _ in range(100):  # the kernel delivers the death signal soon, not at once
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return False
        time.sleep(0.01)
    return True


def test_ctrl_c_once_finishes_what_is_in_flight(tmp_path: Path) -> None:
    driver = start(tmp_path / "run", ITEMS, 0.02)
    wait_for(tmp_path / "run", 5)
    driver.send_signal(signal.SIGINT)
    _, told = driver.communicate(timeout=20)
    assert driver.returncode == 130
    assert "finishing what is in flight" in told
    assert 5 <= committed(tmp_path / "run") < ITEMS
    assert "Traceback" not in told


def test_ctrl_c_twice_stops_now(tmp_path: Path) -> None:
    driver = start(tmp_path / "run", 10, 5.0)
    while len(children(driver.pid)) < 2:
        time.sleep(0.01)
    time.sleep(1.0)
    workers = children(driver.pid)
    driver.send_signal(signal.SIGINT)
    time.sleep(0.3)
    stopped = time.monotonic()
    driver.send_signal(signal.SIGINT)
    driver.communicate(timeout=20)
    assert time.monotonic() - stopped < 3
    assert not [pid for pid in workers if still_runs(pid)]
    assert committed(tmp_path / "run") == 0
