"""The fork server: has the libraries loaded, forks one jailed child per connection, and enforces what it was
told.

In: connections on a listening socket, each with a policy and four descriptors of one task. Out: the child,
and one line of facts on how it ended. It never reads a task or a result, so the memory that the next child
inherits holds nothing of the last one. Not covered: restarting (keeper.py), the result and the output
(nanny.py).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from triton_data.errors import Misuse
from triton_data.jail import kernel, paths
from triton_data.jail.inside import child, files, namespaces, rehearsal, seccomp
from triton_data.jail.kernel import LINUX
from triton_data.jail.outside import memory, scratch, stem, view
from triton_data.jail.outside.running import LOOK_S, Running
from triton_data.jail.policy import MIB, Policy

ENDING_S = 0.05  # how often what a task left is looked at
IDLE_S = 1.0
BEAT_S = 0.5
MAX_REQUEST = 1 << 16
RETIRED = 0
REFUSED = 3
WEIGH_EVERY = 64  # tasks
MAX_GROWTH = 512 * MIB
MAX_AGE_S = 4 * 3600.0


class Zygote:
    def __init__(self, config: dict[str, Any]) -> None:
        self.listening = socket.socket(fileno=int(config["listening"]))
        self.scratch = str(config["scratch"])
        self.retire_after = int(config["retire_after"])
        self.place = child.Place(
            tuple(config["read"]), tuple(config["floor"]), os.getpid(), child.why_no_namespaces(self.scratch)
        )
        self.waiting: dict[int, socket.socket] = {}  # connected, nothing said yet
        self.running: dict[int, Running] = {}  # by pid
        self.ending: list[Running] = []  # the child has ended; what it left has not
        self.beat = 0.0
        self.poll = select.poll()
        self.retiring = False
        self.served = self.forks = 0
        self.count, self.counter = str(config["count"]), int(config["counter"])
        self.born = time.monotonic()
        self.size = memory.of([os.getpid()])  # what a child starts with
        self.weigh_at = WEIGH_EVERY

    def serve(self) -> None:
        """Until it is time to go: too old, too large, or enough served. The keeper then starts a fresh one."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.listening.setblocking(False)
        self.poll.register(self.listening, select.POLLIN)
        self.poll.register(wake_read, select.POLLIN)
        while not self.retiring or self.running or self.ending:
            self._beat()
            for fd, _ in self.poll.poll(1000 * self._patience()):
                if fd == self.listening.fileno():
                    self._accept()
                elif fd == wake_read:
                    os.read(wake_read, 4096)
                elif fd in self.waiting:
                    self._start(self.waiting.pop(fd))
                else:
                    self._spoken(fd)
            self._reap()
            self._look()
            self._maybe_retire()

    def _look(self) -> None:
        """Not at each event: what is looked at costs more than a short task."""
        now = time.monotonic()
        due = [task for task in self.running.values() if task.look_at <= now]
        if due or self.ending:
            orphans = self._orphans()
            for task in due:
                task.enforce(orphans)
                task.look_at = now + LOOK_S
            self._end(orphans)

    def _patience(self) -> float:
        soon = min((task.look_at for task in self.running.values()), default=math.inf) - time.monotonic()
        return max(0.0, min(soon, ENDING_S if self.ending else IDLE_S))

    def _accept(self) -> None:
        try:
            connection, _ = self.listening.accept()
        except BlockingIOError:  # the peer has gone already
            return
        self.waiting[connection.fileno()] = connection
        self.poll.register(connection, select.POLLIN)

    def _start(self, connection: socket.socket) -> None:
        self.poll.unregister(connection)
        fds: list[int] = []
        try:
            data, fds, _, _ = socket.recv_fds(connection, MAX_REQUEST, 8)
            if not data.endswith(b"\n") or len(fds) != 4:
                raise ValueError("not a request")
            policy = Policy.from_json(json.loads(data))
            task = self._fork(connection, fds, policy)
        except (ValueError, OSError) as error:
            say(connection, {"lost": f"{error}"})
            connection.close()
        else:
            self.running[task.pid] = task
            self.poll.register(connection, select.POLLIN)
            self._count()
            say(connection, {"started": task.pid, "count": self.count})
        finally:
            for fd in fds:
                os.close(fd)

    def _fork(self, connection: socket.socket, fds: list[int], policy: Policy) -> Running:
        self.forks += 1
        place = f"{self.scratch}/task-{os.getpid()}-{self.forks}"
        os.mkdir(place, 0o700)  # noqa: PTH102  no Path where a task waits
        ruleset = -1
        if os.geteuid() == 0:
            os.chown(place, namespaces.NOBODY, namespaces.NOBODY)
        started = time.monotonic()
        try:
            if (ruleset := files.begin(policy, self.place.read)) >= 0:
                fds = [*fds, ruleset]
            if policy.subprocesses and LINUX:
                pid, init = stem.grow(fds, policy, place, self.place)
            else:
                pid, init = os.fork(), 0
                if pid == 0:
                    child.live(fds, policy, place, self.place)
        except OSError:
            scratch.remove(place)
            raise
        finally:
            if ruleset >= 0:
                os.close(ruleset)
        self.served += 1
        quota = not self.place.no_namespaces and "namespaces" in policy.layers
        return Running(pid, init, connection, place, policy, started, self.size, quota)

    def _count(self) -> None:
        """How many tasks could be at fault if we died now, in a file that then still says so."""
        os.pwrite(self.counter, b"%4d" % (len(self.running) + len(self.ending)), 0)

    def _spoken(self, fd: int) -> None:
        """A nanny says one thing only: kill it. Or it has died itself, which means the same."""
        for task in self.running.values():
            if task.connection.fileno() == fd:
                said = b""
                with contextlib.suppress(ConnectionResetError):
                    said = task.connection.recv(16)
                task.kill("flood" if said == b"flood" else "abandoned")
                self.poll.unregister(fd)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            task = self.running.pop(pid, None)
            if task is None:  # an init, a cleaner, or a stray that was adopted
                any(owner.reaped(pid) for owner in (*self.running.values(), *self.ending))
                continue
            if task.speaks:
                self.poll.unregister(task.connection)
            task.ended(status, usage)
            self.ending.append(task)

    def _orphans(self) -> list[int]:
        """Our children that are none of ours: without a pid namespace, what a task abandons comes to us."""
        tasks = [*self.running.values(), *self.ending]
        if not any(task.policy.subprocesses for task in tasks):
            return []
        known = {pid for task in tasks for pid in (task.pid, task.init, task.cleaner)}
        return [pid for pid in memory.children(os.getpid(), os.getpid()) if pid not in known]

    def _end(self, orphans: list[int]) -> None:
        for task in [task for task in self.ending if task.gone(orphans)]:
            self.ending.remove(task)
            self._count()
            task.tell()
            if "left" in task.facts:
                self._retire()  # a fresh zygote has no part in whatever it is

    def _beat(self) -> None:
        """The keeper hears that we are not stuck."""
        now = time.monotonic()
        if now - self.beat > BEAT_S:
            self.beat = now
            with contextlib.suppress(BlockingIOError):  # it is busy with something itself
                os.write(sys.stdout.fileno(), b".")

    def _maybe_retire(self) -> None:
        if self.retiring:
            return
        grown = False
        if self.served >= self.weigh_at:
            self.weigh_at = self.served + WEIGH_EVERY
            weight = memory.of([os.getpid()])
            grown = weight.held - self.size.held > MAX_GROWTH
        if grown or self.served >= self.retire_after or time.monotonic() - self.born > MAX_AGE_S:
            self._retire()

    def _retire(self) -> None:
        if not self.retiring:
            self.retiring = True  # the listening socket stays open in the keeper: callers wait, none is refused
            self.poll.unregister(self.listening)
            for connection in self.waiting.values():
                self.poll.unregister(connection)
                connection.close()  # said nothing yet, so its nanny asks again
            self.waiting.clear()


def say(connection: socket.socket, what: dict[str, Any]) -> None:
    try:
        connection.sendall(json.dumps(what).encode() + b"\n")
    except (BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
        return


def threads() -> list[str]:
    """Names of the threads that a fork would lose. The CUDA driver's may be among them: torch wakes it on a machine
    with a GPU even where the devices are hidden, and a child of such a zygote sees no device to use it with."""
    if not LINUX:
        return ["main"]
    names = [Path(f"/proc/self/task/{number}/comm").read_text().strip() for number in os.listdir("/proc/self/task")]  # noqa: PTH208
    return [name for name in names if not (name.startswith("cuda") and os.environ.get("CUDA_VISIBLE_DEVICES") == "")]


def prepare(config: dict[str, Any]) -> None:
    """Load everything, then refuse to serve from a state that no fork survives."""
    if LINUX and os.geteuid() == 0:
        shelf = [config["shelf"]] if config["shelf"] else []
        view.open_to_nobody([*config["read"], *config["roots"]], config["scratch"], shelf)
    for module in config["preload"]:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise Misuse(f"the jail cannot preload {module}: {error}") from error
    rehearsal.rehearse()
    if config["warm"]:
        module, _, name = config["warm"].partition(":")
        getattr(importlib.import_module(module), name)()
    if len(names := threads()) != 1:
        loaded = " ".join([*config["preload"], config["warm"]])
        raise Misuse(f"the jail's zygote has {len(names)} threads ({', '.join(names)}) after loading {loaded}: need 1")
    if LINUX:
        kernel.set_dumpable(False)
        kernel.adopt_orphans()
        kernel.die_with_parent()
    seccomp.prepare()
    paths.compilers()
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, all of it


def main() -> NoReturn:
    config = json.loads(sys.stdin.readline())
    # Before `prepare`, which may cover the folder that the door is in.
    config["count"] = str(Path(config["address"]).with_name(f"running-{os.getpid()}"))
    config["counter"] = os.open(config["count"], os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        prepare(config)
    except Misuse as error:
        print(json.dumps({"refused": str(error)}), flush=True)
        sys.exit(REFUSED)
    zygote = Zygote(config)
    print(json.dumps({"ready": os.getpid()}), flush=True)
    os.set_blocking(sys.stdout.fileno(), False)
    zygote.serve()
    sys.exit(RETIRED)
