"""One task, as the zygote holds it: its clock, its memory, its disk, and its end.

In: a pid and a policy. Out: a kill where a limit is passed, and one line of facts on the connection when it is over.
The end has steps, and none of them waits: the last stray is killed, then scratch is emptied by a process with the
task's uid, then it is told. Not covered: limits that the kernel keeps (inside/limits.py). What is counted here is
looked at every 50 ms, so a task can overshoot for that long.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import time
from typing import Any

from triton_data.jail import kernel
from triton_data.jail.inside import limits, namespaces
from triton_data.jail.outside import memory, scratch
from triton_data.jail.policy import MIB, Policy

MEMORY_SLACK = 64 * MIB  # RLIMIT_DATA speaks first, and more politely
LOOK_S = 0.05  # how often memory, disk and clock are looked at
HIDDEN_EVERY_S = 0.2  # reading all mappings costs a millisecond
ENDING_S = 10.0  # a task that is not gone by then is told as it is, and its zygote retires


class Running:
    def __init__(
        self,
        pid: int,
        init: int,
        connection: socket.socket,
        place: str,
        policy: Policy,
        started: float,
        base: memory.Use,
        quota: bool = False,
    ) -> None:
        self.pid, self.init = pid, init
        self.connection, self.scratch, self.policy = connection, place, policy
        self.started = started
        self.mark = limits.mark_of(place)
        self.killed = ""
        self.speaks = True  # its connection is still watched
        self.look_at = started + LOOK_S
        self.base = base  # what its zygote held
        self.quota = quota  # its scratch is a tmpfs, which counts by itself
        self.peak = base.held
        self.hidden, self.hidden_at = 0, 0.0
        self.apportioned, self.apportioned_at = 0, 0.0
        self.facts: dict[str, Any] = {}
        self.given_up = 0.0  # when, once it has ended
        self.cleaner = 0
        self.seconds: dict[int, float] = {}  # of CPU, by pid

    def members(self, orphans: list[int]) -> list[int]:
        """All its processes; `orphans` are the zygote's children that it does not know."""
        if not self.policy.subprocesses:
            return [self.pid]
        found = memory.tree(self.pid)
        if self.init:
            found += memory.tree(self.init)[1:]
        for pid in orphans:
            if limits.mark(pid) == self.mark:
                found += memory.tree(pid)
        return list(dict.fromkeys(found))

    def enforce(self, orphans: list[int]) -> None:
        if self.killed:
            return
        if time.monotonic() - self.started > self.policy.wall_s:
            self.kill("timeout")
            return
        members = self.members(orphans)
        used = memory.of(members)
        # The kernel counts its user's, which are more than the task's, and limits CPU time for each process alone.
        if max(used.threads, len(members)) > self.policy.tasks:
            self.kill("processes")
            return
        if self.policy.subprocesses and self._seconds(members) > self.policy.cpu_s:
            self.kill("cpu")
            return
        if self._too_much(members, used):
            self.kill("oom")
        elif not self.quota and scratch.overfull(self.scratch, members, self.policy.disk, self.policy.files):
            self.kill("disk")

    def _too_much(self, members: list[int], used: memory.Use) -> bool:
        hidden = max(0, self._hidden(members, used) - used.shared)
        self.peak = max(self.peak, used.held + hidden)
        limit = self.policy.memory + MEMORY_SLACK
        if used.held + hidden <= self.base.held + limit or len(members) == 1:
            return used.held + hidden > self.base.held + limit
        if (now := time.monotonic()) - self.apportioned_at > HIDDEN_EVERY_S:  # what forks share was counted for each
            self.apportioned, self.apportioned_at = self._own(members), now
        return self.apportioned + hidden > limit

    def _own(self, members: list[int]) -> int:
        """Without their share of what the zygote has loaded: as large as the zygote's, and together never all of it."""
        with kernel.looking_as(namespaces.NOBODY):
            found = memory.apportioned(members)
        many = len(members)
        with contextlib.suppress(OSError):
            most = self.base.held * many // (many + 1 + bool(self.init))
            return found - min(most, many * memory.share("/proc/self"))
        return found

    def _seconds(self, members: list[int]) -> float:
        """CPU time of all that was ever seen; or of what lives, with the children that it has waited for."""
        found = {pid: memory.seconds(pid) for pid in members}
        for pid, (own, _) in found.items():
            self.seconds[pid] = max(own, self.seconds.get(pid, 0.0))
        return max(sum(self.seconds.values()), sum(total for _, total in found.values()))

    def _hidden(self, members: list[int], used: memory.Use) -> int:
        """Devices aside, there can be too much of it only where addresses are taken for it."""
        filtered = "seccomp" in self.policy.layers and not self.policy.devices  # then there is no such memory
        few = not self.policy.devices and used.addresses - self.base.addresses <= self.policy.memory
        if filtered or few:
            self.hidden = 0
        elif (now := time.monotonic()) - self.hidden_at > HIDDEN_EVERY_S:
            with kernel.looking_as(namespaces.NOBODY):
                self.hidden, self.hidden_at = memory.shared_without_pages(members), now
        return self.hidden

    def kill(self, why: str) -> None:
        self.killed = self.killed or why
        self.speaks = self.speaks and why not in ("flood", "abandoned")
        os.kill(self.pid, signal.SIGKILL)  # not reaped yet, so the pid is still its own

    def ended(self, status: int, usage: resource.struct_rusage) -> None:
        """After the wait. What is left of it comes to its end from here on."""
        now = time.monotonic()
        signalled = os.WIFSIGNALED(status)
        self.given_up = now + ENDING_S
        self.facts = {
            "exit": None if signalled else os.waitstatus_to_exitcode(status),
            "signal": os.WTERMSIG(status) if signalled else None,
            "killed": self.killed,
            "wall_s": now - self.started,
            "cpu_s": max(usage.ru_utime + usage.ru_stime, sum(self.seconds.values())),
            "peak_rss": max(self.peak, usage.ru_maxrss * 1024),
        }
        if self.init:
            os.kill(self.init, signal.SIGKILL)  # and with it, its whole pid namespace

    def gone(self, orphans: list[int]) -> bool:
        """One step towards its end; true where there is none left."""
        late = time.monotonic() > self.given_up
        if late:
            self.facts["left"] = True
            if self.cleaner:
                os.kill(self.cleaner, signal.SIGKILL)
            return True
        if self.init or self.cleaner or self._strays(orphans):
            return False
        if scratch.gone(self.scratch):
            return True
        self.cleaner = scratch.start_removal(self.scratch)
        return False

    def reaped(self, pid: int) -> bool:
        """One of ours that is no foreign code?"""
        if pid == self.init:
            self.init = 0
        elif pid == self.cleaner:
            self.cleaner = 0
            if not scratch.gone(self.scratch):
                self.given_up = 0.0  # it would not go the next time either: the keeper tries again at its end
        else:
            return False
        return True

    def _strays(self, orphans: list[int]) -> bool:
        """Without a pid namespace, what a task left behind has become the zygote's child: stopped first, so that it
        does not fork faster than it dies."""
        strays = [pid for pid in orphans if limits.mark(pid) == self.mark] if self.policy.subprocesses else []
        left = [pid for stray in strays for pid in memory.tree(stray)]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        return bool(left)

    def tell(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
            self.connection.sendall(json.dumps({"ended": self.facts}).encode() + b"\n")
        self.connection.close()
