"""What a killed keeper left is swept away by the next one; what one that is just starting has made is not."""

import fcntl
import tempfile
from pathlib import Path

import pytest

from triton_data.jail import keeper


@pytest.fixture
def parent():
    with tempfile.TemporaryDirectory() as folder:  # the name of a socket must be short
        yield Path(folder)


def made(parent, name):
    base = parent / f"{keeper.PREFIX}{name}"
    (base / "door").mkdir(parents=True)
    (base / "scratch").mkdir()
    return base


def test_a_keeper_is_not_swept_away_while_it_takes_its_lock(parent, monkeypatch):
    base, take = made(parent, "starting"), fcntl.flock

    def sweeping_first(file, how):
        if how == fcntl.LOCK_EX:
            keeper.sweep(parent)  # what another keeper does at its start
        take(file, how)

    monkeypatch.setattr(keeper.fcntl, "flock", sweeping_first)
    started = keeper.Keeper(
        {"base": str(base), "address": str(base / "door" / "socket"), "scratch": str(base / "scratch")}
    )
    keeper.sweep(parent)
    assert base.exists()
    started.listening.close()
    started.lock.close()
    keeper.sweep(parent)
    assert not base.exists()
