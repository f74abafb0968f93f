"""The one directory that a task may write: how much is in it, and how it goes away, whatever was made of it.

In: a path. Out: sizes; or nothing left. With a mount namespace a tmpfs with a quota lies on it and it looks
empty from here; without one, this counts. Directories may be nested deeper than a path or a recursion
reaches, and closed to their owner. Not covered: space held by files that are deleted and mapped but not open.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path


def overfull(scratch: str, pid: int, size_limit: int, files_limit: int) -> bool:
    size = files = 0
    todo = [scratch]
    while todo and files <= files_limit:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # nested to hide
                return True
    if files:
        size += _deleted_but_open(pid, scratch)
    return size > size_limit or files > files_limit


def _deleted_but_open(pid: int, scratch: str) -> int:
    size = 0
    with contextlib.suppress(OSError):  # ended meanwhile
        device = Path(scratch).stat().st_dev
        for number in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found = number.stat()
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0 and found.st_dev == device:
                    size += found.st_blocks * 512
    return size


def remove(scratch: str) -> None:
    try:
        os.rmdir(scratch)  # noqa: PTH106  empty where it was a tmpfs, which is the usual case
    except OSError:
        _flatten(scratch)
        shutil.rmtree(scratch, ignore_errors=True)


def _flatten(scratch: str) -> None:
    """Move what is nested to the top, one level at a time: every path here stays short. All processes of the task
    are dead, so nothing changes meanwhile."""
    count = 0
    todo = [entry.path for entry in os.scandir(scratch) if entry.is_dir(follow_symlinks=False)]
    while todo:
        folder = todo.pop()
        Path(folder).chmod(0o700)
        with os.scandir(folder) as entries:
            nested = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        for path in nested:
            count += 1
            flat = f"{scratch}/.flat-{count}"
            Path(path).chmod(0o700)  # its `..` is rewritten, for which it must be writable
            with contextlib.suppress(OSError):  # the task may have taken the name: rmtree then has one level more
                os.rename(path, flat)  # noqa: PTH104
                todo.append(flat)
