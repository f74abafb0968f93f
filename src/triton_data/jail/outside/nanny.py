"""One trusted nanny per task, in the process that asked for it: hands the task over, and watches from
outside.

In: a task and a policy. Out: an `Outcome`. It collects the result frame and the output up to their caps,
counts and refuses denied system calls, and takes the layers from the child before any foreign code runs. The
zygote keeps the clock and the memory, so a nanny that dies takes its task along and one that hangs cannot
keep a task alive. Not covered: the truth of claims.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import selectors
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from triton_data.jail.frame import LENGTHS, MAX_HEADER
from triton_data.jail.inside import seccomp
from triton_data.jail.outcome import Facts, Outcome, judge, lost
from triton_data.jail.policy import Policy, Task

START_S = 300.0  # a zygote may be loading, or be replaced
GRACE_S = 20.0  # beyond the task's wall time, before the zygote itself is given up
DRAIN_S = 5.0
CHUNK = 1 << 18


class JailGone(RuntimeError):
    """No keeper listens at the address: it was closed, or killed."""


def look_after(address: str, task: Task, policy: Policy) -> Outcome:
    """A zygote that dies takes all its tasks along. What ran alone is at fault, and named. Of several each runs again,
    no two suspects at once: what ends a zygote a second time is named, its victims are not blamed."""
    found = _attempt(address, task, policy)
    if isinstance(found, Outcome):
        return found
    if found == 1:
        return lost("the zygote died during the task, which ran alone")
    try:
        with Path(address).with_name("suspects").open("w") as suspects:
            fcntl.flock(suspects, fcntl.LOCK_EX)
            found = _attempt(address, task, policy)
    except (JailGone, OSError):  # closed meanwhile
        return lost("the zygote died during the task")
    if isinstance(found, Outcome):
        return found
    return lost("the zygote died during the task, twice: the second time no other suspect ran")


def _attempt(address: str, task: Task, policy: Policy) -> Outcome | int:
    """Asks again where a zygote went before the task began. Where it went afterwards: how many tasks it had."""
    for _ in range(5):
        with _Nanny(address, task, policy) as nanny:
            nanny.watch()
            if nanny.refused or nanny.ended:
                return nanny.outcome()
            if nanny.began:
                return nanny.suspects()
    return lost("no zygote took the task")


class _Nanny:
    def __init__(self, address: str, task: Task, policy: Policy) -> None:
        self.policy = policy
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.connection.connect(address)
        except OSError as error:
            self.connection.close()
            raise JailGone(f"no jail at {address}: {error}") from error
        self.result, result = os.pipe()
        self.log, log = os.pipe()
        self.setup, setup = socket.socketpair()
        self.listener: int | None = None
        with tempfile.TemporaryFile() as file, setup:
            text = {"entry": task.entry, "source": task.source, "payload": task.payload}
            file.write(json.dumps(text).encode())
            file.seek(0)
            request = json.dumps(policy.to_json()).encode() + b"\n"
            socket.send_fds(self.connection, [request], [file.fileno(), result, log, setup.fileno()])
        os.close(result)
        os.close(log)
        self.began = self.refused = ""
        self.ended: dict[str, Any] = {}
        self.said, self.told = b"", b""
        self.body, self.head, self.tail = bytearray(), bytearray(), bytearray()
        self.denied: Counter[str] = Counter()
        self.deadline = time.monotonic() + START_S
        self.selector = selectors.PollSelector()  # epoll counts against its user, as whom tasks may run
        for fd, reader in (
            (self.connection.fileno(), self._from_zygote),
            (self.result, self._from_result),
            (self.log, self._from_log),
            (self.setup.fileno(), self._from_setup),
        ):
            self.selector.register(fd, selectors.EVENT_READ, reader)

    def __enter__(self) -> _Nanny:
        return self

    def __exit__(self, *_: object) -> None:
        self.selector.close()
        self.connection.close()
        self.setup.close()
        for fd in (self.result, self.log, self.listener):
            if fd is not None:
                os.close(fd)

    def watch(self) -> None:
        """Until the zygote has told the end and every pipe is at its own."""
        while self.selector.get_map() and (left := self.deadline - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                reader: Callable[[], bool] = key.data
                if not reader():
                    self.selector.unregister(key.fd)
            if self.listener is not None and not self._others():
                return

    def _others(self) -> bool:
        """Anything left to read but the listener, which some kernels never report as closed?"""
        return any(key.fd != self.listener for key in self.selector.get_map().values())

    def _from_zygote(self) -> bool:
        try:
            chunk = self.connection.recv(CHUNK)
        except ConnectionResetError:
            chunk = b""
        if not chunk:  # whatever it did not say now, it never will
            self.deadline = min(self.deadline, time.monotonic() + DRAIN_S)
            return False
        *lines, self.said = (self.said + chunk).split(b"\n")
        for message in map(json.loads, lines):
            if "started" in message:
                self.began = str(message["count"])
                self.deadline = time.monotonic() + self.policy.wall_s + GRACE_S
            elif "lost" in message:
                self.refused = message["lost"] or "refused"
            else:
                self.ended = message["ended"]
        return True

    def _from_result(self) -> bool:
        chunk = os.read(self.result, CHUNK)
        if len(self.body) <= self._most():
            self.body += chunk
            if len(self.body) > self._most():
                self._end_flood()
        return bool(chunk)

    def _most(self) -> int:
        return LENGTHS.size + MAX_HEADER + self.policy.output

    def _end_flood(self) -> None:
        try:
            self.connection.sendall(b"flood")
        except OSError:
            return  # the zygote has gone, and the child with it

    def _from_log(self) -> bool:
        """Keeps the first half and the last: a traceback comes at the end."""
        chunk = os.read(self.log, CHUNK)
        half = self.policy.log // 2
        room = max(0, half - len(self.head))
        self.head += chunk[:room]
        self.tail += chunk[room:]
        del self.tail[: max(0, len(self.tail) - half)]
        return bool(chunk)

    def _from_setup(self) -> bool:
        chunk, fds, _, _ = socket.recv_fds(self.setup, CHUNK, 4)
        self.told += chunk
        for fd in fds:
            self.listener = fd
            self.selector.register(fd, selectors.EVENT_READ, self._from_listener)
        return bool(chunk)

    def _from_listener(self) -> bool:
        """Asked again what it is: receiving from a listener whose processes are all gone may block for ever."""
        assert self.listener is not None
        poll = select.poll()
        poll.register(self.listener, select.POLLIN)
        for _, event in poll.poll(0):
            if not event & select.POLLIN:
                return False
            name = seccomp.refuse_one(self.listener)
            if name is not None:
                self.denied[name] += 1
        return True

    def suspects(self) -> int:
        """How many tasks the zygote had when it died; 0 where that cannot be said."""
        try:
            return int(Path(self.began).read_text())
        except (OSError, ValueError):  # the jail was closed meanwhile
            return 0

    def outcome(self) -> Outcome:
        setup = json.loads(self.told) if self.told else {}
        output = bytes(self.head + self.tail).decode(errors="replace")
        if self.refused:
            return lost(self.refused)
        facts = Facts(
            **self.ended,
            layers=tuple(setup.get("layers", ())),
            missing=tuple(setup.get("missing", {}).items()),
            denied=tuple(self.denied.items()),
        )
        if "failed" in setup:
            return Outcome("lost", f"lost:{setup['failed']}", facts, output=output)
        return judge(facts, self.body, output, self.policy)
