"""The one directory that a task may write: how much is in it, and how it goes away, whatever was made of it.

In: a path. Out: sizes; or nothing left. With a mount namespace a tmpfs with a quota lies on it and it looks empty from
here; without one, this counts. Everything goes by descriptors, never through a link, and by loops: a task may swap a
folder for a link at any moment, nest deeper than a path or a recursion reaches, and close folders to their owner. Not
covered: space held by files that are deleted and mapped but not open.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from triton_data.jail import kernel
from triton_data.jail.inside import namespaces
from triton_data.jail.outside import memory

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DEEPEST = 64  # nothing honest is nested deeper; each level holds a descriptor while it is measured
CLEAN_S = 10.0


def overfull(scratch: str, pids: Iterable[int], size_limit: int, files_limit: int) -> bool:
    """Also where it cannot be said, because the task has hidden what is in it."""
    try:
        used = _Measure(size_limit, files_limit)
        used.folder(scratch)
    except _Hidden:
        return True
    except FileNotFoundError:  # the whole of it: the task has ended meanwhile
        return False
    with kernel.looking_as(namespaces.NOBODY):  # also where the folder is empty: all of it may be deleted
        used.size += sum(_deleted_but_open(pid, scratch) for pid in pids)
    return used.size > size_limit or used.files > files_limit


class _Hidden(Exception):
    """Nested too deep, or closed."""


class _Measure:
    def __init__(self, size_limit: int, files_limit: int) -> None:
        self.size = self.files = 0
        self.size_limit, self.files_limit = size_limit, files_limit

    def folder(self, path: str, at: int | None = None, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise _Hidden
        try:
            fd = os.open(path, FOLDER, dir_fd=at)
        except PermissionError as error:
            raise _Hidden from error
        except OSError:
            if at is None:
                raise
            return  # removed, or a link by now
        try:
            self.size += os.fstat(fd).st_blocks * 512  # a folder stays as large as it has been
            with os.scandir(fd) as entries:
                for entry in entries:
                    self.files += 1
                    if self.files > self.files_limit or self.size > self.size_limit:
                        return
                    if entry.is_dir(follow_symlinks=False):
                        self.folder(entry.name, fd, depth + 1)
                    else:
                        with contextlib.suppress(OSError):  # removed meanwhile
                            self.size += entry.stat(follow_symlinks=False).st_blocks * 512
        finally:
            os.close(fd)


def _deleted_but_open(pid: int, scratch: str) -> int:
    size = 0
    with contextlib.suppress(OSError):  # ended meanwhile
        device = Path(scratch).stat().st_dev
        for number in Path(f"{memory.where(pid)}/fd").iterdir():
            with contextlib.suppress(OSError):
                found = number.stat()
                kept = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
                if kept and found.st_nlink == 0 and found.st_dev == device:
                    size += found.st_blocks * 512
    return size


def remove(scratch: str) -> bool:
    """In a process of its own, with the task's uid and a deadline. For who may wait; true where nothing is left."""
    if gone(scratch):
        return True
    pid = start_removal(scratch)
    deadline = time.monotonic() + CLEAN_S
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)
    return gone(scratch)


def gone(scratch: str) -> bool:
    """The usual case: it was a tmpfs, and is an empty folder now."""
    try:
        os.rmdir(scratch)  # noqa: PTH106  a name in a folder of ours, never followed
    except FileNotFoundError:
        return True
    except NotADirectoryError:  # no task can have put it there
        Path(scratch).unlink()
    except OSError:
        return False
    return True


def start_removal(scratch: str) -> int:
    """The pid of the process that empties it: with the task's rights it can harm only what the task could."""
    pid = os.fork()
    if pid == 0:
        _empty_and_leave(scratch)
    return pid


def _empty_and_leave(scratch: str) -> NoReturn:
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if os.geteuid() == 0 and os.lstat(scratch).st_uid == namespaces.NOBODY:  # else no task has had it yet
            namespaces.drop_root()
        if kernel.LINUX:
            kernel.set_dumpable(True)  # the zygote is not, nor is who changed uid: then /proc/self would belong to root
            kernel.die_with_parent()
        top = os.open(scratch, FOLDER)
        empty(top)
    finally:
        os._exit(0)  # whether it is empty is asked outside


def empty(top: int) -> None:
    """What is nested moves up to the top, one level at a time, so that every name here is short."""
    count = 0
    while names := os.listdir(top):
        left = len(names)
        for name in names:
            try:
                os.unlink(name, dir_fd=top)
                continue
            except IsADirectoryError:
                pass
            except OSError as error:
                if error.errno != errno.EPERM:  # what some file systems say of a folder
                    left -= 1
                    continue
            count, done = _flatten(top, name, count)
            left -= not done
        if left <= 0:
            return  # nothing of it can be removed


def _flatten(top: int, name: str, count: int) -> tuple[int, bool]:
    """Empties one folder of the top by unlinking files and moving its folders up; then removes it."""
    try:
        _open_to_owner(top, name)
        folder = os.open(name, FOLDER, dir_fd=top)
    except OSError:
        return count, False
    try:
        for nested in os.listdir(folder):  # noqa: PTH208  of a descriptor
            try:
                os.unlink(nested, dir_fd=folder)
            except OSError:
                with contextlib.suppress(OSError):
                    _open_to_owner(folder, nested)  # its `..` is rewritten, for which it must be writable
                    count += 1
                    os.rename(nested, f".flat-{os.getpid()}-{count}", src_dir_fd=folder, dst_dir_fd=top)
        os.rmdir(name, dir_fd=top)
    except OSError:
        return count, False
    finally:
        os.close(folder)
    return count, True


def _open_to_owner(at: int, name: str) -> None:
    """chmod of exactly this folder: through a descriptor that no link can redirect and that needs no right to read."""
    fd = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=at)
    try:
        os.chmod(f"/proc/self/fd/{fd}", 0o700)  # noqa: PTH101
    finally:
        os.close(fd)
