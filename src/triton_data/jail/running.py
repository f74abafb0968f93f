"""One task while it runs, as the zygote holds it: its clock, its memory, its disk, and its end.

In: a pid and a policy. Out: a kill where a limit is passed, and one line of facts on the connection when it
is over. Not covered: limits that the kernel keeps (limits.py). What is counted here is looked at every 50 ms,
so a task can overshoot for that long; without a mount namespace, space held by files that are deleted and
mapped is not seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

from triton_data.jail.policy import MIB, Policy

MEMORY_SLACK = 64 * MIB  # RLIMIT_DATA speaks first, and more politely


class Running:
    def __init__(
        self, pid: int, init: int, connection: socket.socket, scratch: str, policy: Policy, started: float
    ) -> None:
        self.pid, self.init, self.connection, self.scratch, self.policy = (
            pid,
            init,
            connection,
            scratch,
            policy,
        )
        self.started = started
        self.killed = ""
        self.speaks = True  # its connection is still watched
        self.base = _resident(pid)
        self.peak = self.base

    def enforce(self) -> None:
        if self.killed:
            return
        if time.monotonic() - self.started > self.policy.wall_s:
            self.kill("timeout")
            return
        used = sum(map(_resident, _tree(self.pid) if self.policy.subprocesses else [self.pid]))
        self.peak = max(self.peak, used)
        if used > self.base + self.policy.memory + MEMORY_SLACK:
            self.kill("oom")
        elif _overfull(self.scratch, self.pid, self.policy):
            self.kill("disk")

    def kill(self, why: str) -> None:
        self.killed = self.killed or why
        self.speaks = self.speaks and why not in ("flood", "abandoned")
        os.kill(self.pid, signal.SIGKILL)  # not reaped yet, so the pid is still its own

    def finish(self, status: int, usage: resource.struct_rusage) -> None:
        """After the wait: end what is left of it, remove its scratch, then tell."""
        if self.init:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):  # reaped already
                os.kill(self.init, signal.SIGKILL)  # and with it, its whole pid namespace
                os.waitpid(self.init, 0)
        wall = time.monotonic() - self.started
        try:
            os.rmdir(self.scratch)  # noqa: PTH106  empty where it was a tmpfs, which is the usual case
        except OSError:
            shutil.rmtree(self.scratch, ignore_errors=True)
        signalled = os.WIFSIGNALED(status)
        facts = {
            "exit": None if signalled else os.waitstatus_to_exitcode(status),
            "signal": os.WTERMSIG(status) if signalled else None,
            "killed": self.killed,
            "wall_s": wall,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_rss": max(self.peak, usage.ru_maxrss * 1024),
        }
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
            self.connection.sendall(json.dumps({"ended": facts}).encode() + b"\n")
        self.connection.close()


def _resident(pid: int) -> int:
    try:
        fd = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
    except OSError:  # ended meanwhile, or not Linux
        return 0
    try:
        return int(os.read(fd, 256).split()[1]) * resource.getpagesize()
    except OSError:
        return 0
    finally:
        os.close(fd)


def _tree(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        with contextlib.suppress(OSError):  # ended meanwhile
            for thread in Path(f"/proc/{pid}/task").iterdir():
                todo += map(int, (thread / "children").read_text().split())
    return found


def _overfull(scratch: str, pid: int, policy: Policy) -> bool:
    """A tmpfs has its own quota, and its files do not show here: then this is one empty directory."""
    size = files = 0
    todo = [scratch]
    while todo and files <= policy.files:
        with contextlib.suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                files += 1
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
    if files:
        size += _deleted_but_open(pid, scratch)
    return size > policy.disk or files > policy.files


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
