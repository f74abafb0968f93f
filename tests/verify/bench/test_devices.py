"""GPUs are shared by processes: who gets which, who waits, and what becomes of one that no longer answers."""

from __future__ import annotations

import multiprocessing
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from triton_data.verify.bench.devices import Devices


def test_tasks_are_spread_before_they_are_doubled(tmp_path: Path) -> None:
    devices = Devices(tmp_path, count=3, places=2)
    with ExitStack() as held:
        given = [held.enter_context(devices.place()) for _ in range(6)]
    assert sorted(given[:3]) == sorted(given[3:]) == [0, 1, 2]


def test_one_that_is_left_out_gets_no_more_and_the_last_one_ends_the_run(tmp_path: Path) -> None:
    devices = Devices(tmp_path, count=2, places=1)
    devices.leave_out(0, "timeout")
    with devices.place() as gpu:
        assert gpu == 1
    devices.leave_out(1, "signal:11")
    with pytest.raises(OSError, match=r"no GPU answers any more \(0: timeout; 1: signal:11\)"), devices.place():
        pass


def _hold(devices: Devices, ready: threading.Event) -> None:
    with devices.place():
        ready.set()
        time.sleep(60)


def test_a_worker_that_dies_gives_its_place_back(tmp_path: Path) -> None:
    devices, ready = Devices(tmp_path, count=1, places=1), multiprocessing.get_context("fork").Event()
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(devices, ready))
    holder.start()
    assert ready.wait(10)
    taken = threading.Event()

    def take() -> None:
        with devices.place():
            taken.set()

    waiting = threading.Thread(target=take, daemon=True)
    waiting.start()
    assert not taken.wait(0.2)
    holder.kill()
    assert taken.wait(10)
    holder.join()


def test_who_is_timed_is_alone(tmp_path: Path) -> None:
    """It waits for those that are there, and nobody comes while it is; the other GPU goes on."""
    devices, alone = Devices(tmp_path, count=1, places=3), threading.Event()
    released = threading.Event()

    def timed() -> None:
        with devices.place(exclusive=True):
            alone.set()
            released.wait(10)

    with devices.place():
        waiting = threading.Thread(target=timed, daemon=True)
        waiting.start()
        assert not alone.wait(0.2)
    assert alone.wait(10)
    came = threading.Event()

    def later() -> None:
        with devices.place():
            came.set()

    threading.Thread(target=later, daemon=True).start()
    assert not came.wait(0.2)
    released.set()
    assert came.wait(10)
