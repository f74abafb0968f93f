"""What a killed keeper left is swept away by the next one; what one that is just starting has made is not; and one
that is told to stop does so, wherever it is told."""

import fcntl
import os
import signal
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from triton_data.jail.outside import keeper, sweep


@pytest.fixture
def parent():
    with tempfile.TemporaryDirectory() as folder:  # the name of a socket must be short
        yield Path(folder)


def made(parent, name):
    base = parent / f"{keeper.PREFIX}{name}"
    (base / "door").mkdir(parents=True)
    (base / "scratch").mkdir()
    return base


@contextmanager
def kept(base):
    paths = {"base": base, "address": base / "door" / "socket", "scratch": base / "scratch"}
    started = keeper.Keeper({name: str(path) for name, path in paths.items()})
    yield started
    started.listening.close()
    started.lock.close()


def test_a_keeper_is_not_swept_away_while_it_takes_its_lock(parent, monkeypatch):
    base, take = made(parent, "starting"), fcntl.flock

    def sweeping_first(file, how):
        if how == fcntl.LOCK_EX:
            sweep.sweep(parent, keeper.PREFIX)  # what another keeper does at its start
        take(file, how)

    monkeypatch.setattr(fcntl, "flock", sweeping_first)
    with kept(base):
        sweep.sweep(parent, keeper.PREFIX)
        assert base.exists()
    sweep.sweep(parent, keeper.PREFIX)
    assert not base.exists()


class Told:
    """What a signal handler raises in here goes nowhere."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_keeper_stops_that_is_told_within_a_finaliser(parent, monkeypatch):
    naps = iter([Told])
    monkeypatch.setattr(time, "sleep", lambda seconds: next(naps)())  # a second nap is a StopIteration
    monkeypatch.setattr(keeper.Stopped, "told", False)
    before = signal.signal(signal.SIGTERM, keeper._stop)
    try:
        with kept(made(parent, "running")) as running:
            running.keep()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert keeper.Stopped.told


def test_a_planted_folder_is_left_alone(parent):
    """Whoever may write the directory could name a target of his there."""
    target = parent / "target"
    (target / "scratch" / "task-1").mkdir(parents=True)
    for name in ("lock", "scratch/task-1/precious"):
        (target / name).touch()
    (parent / f"{keeper.PREFIX}link").symlink_to(target)
    open_to_all = made(parent, "open")
    (open_to_all / "lock").touch()
    open_to_all.chmod(0o777)
    sweep.sweep(parent, keeper.PREFIX)
    assert (target / "scratch/task-1/precious").exists()
    assert open_to_all.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can plant as another user")
def test_another_users_folder_is_left_alone(parent):
    planted = made(parent, "planted")
    (planted / "lock").touch()
    os.chown(planted, 1000, 1000)
    sweep.sweep(parent, keeper.PREFIX)
    assert planted.exists()


def test_links_within_are_removed_and_not_followed(parent):
    precious = parent / "precious"
    precious.mkdir()
    (precious / "file").touch()
    base = made(parent, "left")
    (base / "lock").touch()
    task = base / "scratch" / "task-1"
    task.mkdir()
    (task / "link").symlink_to(precious)
    (base / "scratch" / "task-2").symlink_to(precious)
    sweep.sweep(parent, keeper.PREFIX)
    assert not base.exists()
    assert (precious / "file").exists()
