"""One task while it runs, as the zygote holds it: its clock, its memory, its disk, and its end.

In: a pid and a policy. Out: a kill where a limit is passed, and one line of facts on the connection when it
is over. Not covered: limits that the kernel keeps (limits.py). What is counted here is looked at every 50 ms,
so a task can overshoot for that long.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import time
from pathlib import Path

from triton_data.jail import scratch
from triton_data.jail.policy import MIB, Policy

MEMORY_SLACK = 64 * MIB  # RLIMIT_DATA speaks first, and more politely


class Running:
    def __init__(
        self, pid: int, init: int, connection: socket.socket, place: str, policy: Policy, started: float
    ) -> None:
        self.pid, self.init = pid, init
        self.connection, self.scratch, self.policy = connection, place, policy
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
        elif scratch.overfull(self.scratch, self.pid, self.policy.disk, self.policy.files):
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
        scratch.remove(self.scratch)
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
