"""What keepers left that were killed with SIGKILL, removed by the next one that starts.

In: a directory that everybody may write, such as /tmp. Out: nothing of ours in it that nobody uses. A folder that only
looks like ours is another user's trap: it is left alone unless it is our own, no link, and closed to other writers; and
what a task has made is removed with the task's rights (scratch.py). Whatever is found, a start is not kept from
starting, nor for longer than a few seconds. Not covered: processes of those keepers.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from pathlib import Path

from triton_data.jail.outside import scratch

SWEEP_S = 8.0
OTHERS_MAY_WRITE = 0o022


def sweep(directory: Path, prefix: str) -> None:
    deadline = time.monotonic() + SWEEP_S
    for base in directory.glob(f"{prefix}*"):
        if time.monotonic() > deadline:
            return
        with contextlib.suppress(OSError):  # in use, another user's, or made just now
            _sweep_one(base)


def _sweep_one(base: Path) -> None:
    folder = os.open(base, scratch.FOLDER)
    try:
        if not _ours(os.fstat(folder)):
            return
        lock = os.open("lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        try:
            found = os.fstat(lock)
            if not stat.S_ISREG(found.st_mode) or not _ours(found):
                return
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_base(base)  # nobody but us may rename it: /tmp is sticky, and inside only we may write
        finally:
            os.close(lock)
    finally:
        os.close(folder)


def _ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & OTHERS_MAY_WRITE


def remove_base(base: Path) -> None:
    """A keeper's own directory: first what tasks have made in it, with their rights, then the rest, which we made."""
    for left in (base / "scratch").glob("task-*"):
        if left.is_symlink():
            left.unlink()
        elif not scratch.remove(str(left)):
            return  # the next start tries again
    try:
        folder = os.open(base, scratch.FOLDER)
    except FileNotFoundError:
        return
    try:
        scratch.empty(folder)
    finally:
        os.close(folder)
    scratch.gone(str(base))
