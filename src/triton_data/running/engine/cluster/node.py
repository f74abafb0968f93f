"""A node: one of our pools on a machine of the cluster, told by the driver what to do. Runs in a Ray actor.

In: `Opening`, `Orders`. Out: `Opened`, `Report`. It opens what a stage needs (a jail, the machine's GPUs) itself, and
says in one line if it cannot. It holds no state that matters: what it has not reported is done again elsewhere.
Not covered: the pool's own thread (pool_thread.py), what is kept here for later (place.py).
"""

from __future__ import annotations

import importlib.metadata
import os
import pickle
import platform
import socket
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import triton_data
from triton_data.environments import lock_of
from triton_data.errors import Misuse
from triton_data.records import Outcome
from triton_data.running.engine.cluster import place
from triton_data.running.engine.cluster.messages import Described, Opened, Opening, Orders, Report, Sent, Versions
from triton_data.running.engine.cluster.pool_thread import PoolThread
from triton_data.running.engine.pool import load_ahead

LOG_BYTES = 64_000  # of one report
RAYS = ("OMP_NUM_THREADS",)  # what Ray sets in its workers and no user did


def versions() -> Versions:
    torch, triton = (_version(name) for name in ("torch", "triton"))
    return Versions(triton_data.__version__, ".".join(platform.python_version_tuple()[:2]), torch, triton)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "none"


class Node:
    def __init__(self, jobs: int, preload: Sequence[str], worker_bytes: int, above: str = "") -> None:
        self.place = place.Place(Path(above) if above else place.root())
        self.jobs, self.worker_bytes = jobs, worker_bytes
        self._log = _own_log(self.place.folder / f"log-{os.getpid()}")
        os.chdir(self.place.folder)
        for name in RAYS:
            os.environ.pop(name, None)
        vars(sys.modules["__main__"]).pop("__file__", None)  # Ray's own: our workers would run it when they start
        load_ahead(preload)
        self.thread: PoolThread | None = None
        self.waiting: deque[Sent] = deque()  # for blobs or locks
        self.locks: set[str] = set()  # that the driver knows of

    def describe(self) -> bytes:
        return pickle.dumps(Described(versions(), socket.gethostname(), os.getpid(), self.jobs, str(self.place.folder)))

    def open(self, data: bytes) -> bytes:
        opening: Opening = pickle.loads(data)
        self.shut()
        try:
            work = pickle.loads(opening.work)(self.place.folder)
            self.thread = PoolThread(work, opening.timeout, self.jobs, self.worker_bytes)
            self.thread.open()
        except Misuse as error:
            self.shut()
            return pickle.dumps(Opened(opening.number, refused=str(error)))
        return pickle.dumps(Opened(opening.number))

    def shut(self) -> None:
        self.waiting.clear()
        if self.thread is not None:
            self.thread.close()
            self.thread = None

    def exchange(self, data: bytes, seconds: float) -> bytes:
        """Take what is new; then answer as soon as there is something to say, at the latest after `seconds`."""
        orders: Orders = pickle.loads(data)
        assert self.thread is not None, "a stage is open"
        self.place.keep_blobs(orders.blobs.items())
        self.place.keep_locks(orders.locks.items())
        self.locks.update(orders.locks)
        self.waiting.extend(orders.items)
        returned = self._given_back(orders)
        missing_blobs, missing_locks = self._begin()
        if not (missing_blobs or missing_locks):
            self.thread.wait(seconds)
        outcomes = self.thread.outcomes()
        return pickle.dumps(
            Report(
                outcomes=outcomes, running=self.thread.running, queued=len(self.thread.queue) + len(self.waiting),
                returned=returned, declined=self.thread.declined(), missing_blobs=missing_blobs,
                missing_locks=missing_locks, locks=self._new_locks(outcomes), log=self._new_log(),
                broken=self.thread.broken,
            )
        )  # fmt: skip

    def _given_back(self, orders: Orders) -> tuple[str, ...]:
        assert self.thread is not None
        wanted = None if orders.draining else orders.withdrawn
        back = [sent.key for sent in self.waiting if wanted is None or sent.key in wanted]
        self.waiting = deque(sent for sent in self.waiting if sent.key not in back)
        return (*back, *self.thread.withdraw(wanted))

    def _begin(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Hand to the pool what has all it reads; what the others lack."""
        assert self.thread is not None
        blobs: dict[str, None] = {}
        locks: dict[str, None] = {}
        for _ in range(len(self.waiting)):
            sent = self.waiting.popleft()
            lacking = self.place.without_blobs(sent.blobs), self.place.without_locks(sent.environments)
            if any(lacking):
                blobs |= dict.fromkeys(lacking[0])
                locks |= dict.fromkeys(lacking[1])
                self.waiting.append(sent)
                continue
            if sent.reads:
                self.place.keep_reads(pickle.loads(sent.reads))
            self.thread.add(pickle.loads(sent.item), sent.environments)
        return tuple(blobs), tuple(locks)

    def _new_locks(self, outcomes: Sequence[Outcome]) -> dict[str, str]:
        """Of environments that were made here: the driver keeps them before it commits what names them."""
        named = {getattr(record, "environment", "") for outcome in outcomes for record in outcome.outputs}
        found = {key: lock_of(self.place.environments, key) for key in named - self.locks if key}
        self.locks |= set(found)
        return {key: text for key, text in found.items() if text}

    def _new_log(self) -> bytes:
        return os.read(self._log, LOG_BYTES)


def _own_log(path: Path) -> int:
    """What this process and its workers print, to be read by the next report; Ray would show it on our screen."""
    for old in path.parent.glob("log-*"):
        old.unlink(missing_ok=True)
    written = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(written, stream)
    os.close(written)
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
