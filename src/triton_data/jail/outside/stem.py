"""A task that may create processes lives in a pid namespace, which only the next fork can enter: hence a
stem.

    zygote ─fork─▶ stem: drops root, enters namespaces, mounts scratch
                     ├─fork─▶ init: the first of the pid namespace; killed at the end, and all in it die
                     └─fork─▶ child: the second; as the first it could not even abort

In: the same as a direct child. Out: the pids of child and init. The stem dies at once, and the zygote, as the
nearest subreaper, becomes the parent of both: it sees the child's true exit. Costs two forks, which a task
that compiles does not notice.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
from typing import NoReturn

from triton_data.jail.inside import child, namespaces
from triton_data.jail.policy import Policy

PIDS = struct.Struct("=II")


def grow(fds: list[int], policy: Policy, scratch: str, place: child.Place) -> tuple[int, int]:
    """(child, init), where init is 0 without a pid namespace. `OSError` where no child came of it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _stem(fds, policy, scratch, place, writing)
    os.close(writing)
    said = os.read(reading, PIDS.size)
    os.close(reading)
    os.waitpid(pid, 0)
    if len(said) != PIDS.size:
        raise OSError("the stem failed before it had a child")
    told: tuple[int, int] = PIDS.unpack(said)
    return told


def _stem(fds: list[int], policy: Policy, scratch: str, place: child.Place, writing: int) -> NoReturn:
    try:
        report = child.isolate(policy, scratch, place)
        init = 0
        tied, tell = os.pipe()
        if any(layer.startswith("namespaces") for layer in report.layers):
            init = os.fork()
            if init == 0:
                _init(place, tell)
        os.close(tell)
        pid = os.fork()
        if pid == 0:
            os.close(writing)
            os.read(tied, 1)  # /proc may change under init only when it has found its parent there
            child.live(fds, policy, scratch, place, report)
        os.write(writing, PIDS.pack(pid, init))
    except OSError as error:
        socket.socket(fileno=fds[3]).sendall(json.dumps({"failed": str(error)}).encode())
    finally:
        os._exit(0)


def _init(place: child.Place, tell: int) -> NoReturn:
    """Reaps by ignoring, waits to be killed. Trusted: no foreign code runs here."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.dup2(tell, 0)
        child.close_from(1)
        child.tie_to(place.zygote)
        namespaces.drop_capabilities()
        os.close(0)  # the child waits for this
        while True:
            signal.pause()
    finally:
        os._exit(0)
