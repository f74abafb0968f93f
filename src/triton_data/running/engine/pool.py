"""A pool of worker processes on this machine that survives any one of them: under the local engine, and on each node.

In: a stage's work and an iterator of items. Out: outcomes in the order they finish. A worker that dies costs the item
it was on (Drop `worker_died`), one that hangs costs it too (Drop `timeout`); what was queued behind goes elsewhere.
Items are pulled only as workers take them, so the driver's memory does not grow with their number. An iterator that
yields `LATER` has nothing at the moment; `bell` is what then ends the wait.
Not covered: limits on what an item may do to the machine (the jail's business).
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.records import Drop, Outcome
from triton_data.running.engine import worker
from triton_data.running.stage import Work

AHEAD_SECONDS = 0.05  # a worker's queue holds about this much work, so that short items do not wait for the pipe
AHEAD_ITEMS = 64
AHEAD_BYTES = 32_000  # queued bytes stay below a pipe's buffer: else driver and worker could block on each other
TICK_SECONDS = 0.2
WORKER_DIED = "worker_died"
LATER = object()  # of an iterator of items: none now, ask again


CONTEXT = multiprocessing.get_context("forkserver")  # imports are paid for once, not by each worker of each stage


_ahead = [worker.__name__]


def load_ahead(modules: Iterable[str]) -> None:
    """More that the process imports that workers are forked from; too late once it runs."""
    _ahead.extend(module for module in modules if module not in _ahead)
    CONTEXT.set_forkserver_preload(_ahead)


load_ahead(())


class WorkerFailed(RuntimeError):
    """Workers cannot start, so no item is to blame."""


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    queue: deque[tuple[Any, int]] = field(default_factory=deque)  # (item, pickled size), oldest is being worked on
    ready: bool = False
    broken: bool = False  # its pipe refused a write; the next collect() buries it
    since: float = 0.0  # when the oldest item began
    pace: float = 1.0  # smoothed seconds an item

    def room_for(self, size: int) -> bool:
        if self.broken:
            return False
        if not self.queue:
            return self.ready
        ahead = min(AHEAD_ITEMS, int(AHEAD_SECONDS / max(self.pace, 1e-6)))
        return len(self.queue) < ahead and sum(s for _, s in self.queue) + size <= AHEAD_BYTES

    def send(self, item: Any, data: bytes) -> None:
        self.pipe.send_bytes(data)
        if not self.queue:
            self.since = time.monotonic()
        self.queue.append((item, len(data)))


class Pool:
    def __init__(self, work: Work, timeout: float, jobs: int, items: Iterator[Any], bell: Connection | None = None,
                 environ: dict[str, str] | None = None) -> None:  # fmt: skip
        self.work, self.timeout = work, timeout
        self.items, self.bell, self.environ = items, bell, environ
        self.again: deque[Any] = deque()  # items to hand out before new ones
        self.held: tuple[Any, bytes] | None = None  # pickled, waiting for room
        self.later = False  # the iterator has none now
        self.failed_starts = 0
        self.killed: dict[int, str] = {}  # pid: why we killed it
        self.workers = [self._spawn() for _ in range(jobs)]

    def _spawn(self) -> _Worker:
        ours, theirs = CONTEXT.Pipe()
        surroundings = worker.Surroundings(self.environ or dict(os.environ), Path.cwd())
        process = CONTEXT.Process(target=worker.main, args=(self.work, theirs, surroundings), daemon=False)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    # ---- handing out -------------------------------------------------------------------------------------

    def feed(self, draining: bool) -> bool:
        """Fill the workers' queues; False when there is nothing in flight and nothing to come."""
        while not draining:
            if self.held is None and not self._hold_next():
                break
            assert self.held is not None
            item, data = self.held
            free = [w for w in self.workers if w.room_for(len(data))]
            if not free:
                return True
            taker = min(free, key=lambda w: len(w.queue))
            try:
                taker.send(item, data)
            except OSError:  # it died: collect() sees the end of its pipe
                taker.broken = True
            else:
                self.held = None
        more = self.again or self.held or self.later
        return any(w.queue for w in self.workers) or (not draining and bool(more))

    def _hold_next(self) -> bool:
        item = self.again.popleft() if self.again else next(self.items, None)
        self.later = item is LATER
        self.held = None if item is None or self.later else (item, pickle.dumps(item))
        return self.held is not None

    def running(self) -> list[str]:
        """Keys of what is being worked on."""
        return [w.queue[0][0].key for w in self.workers if w.queue]

    def kill(self, pid: int, why: str) -> None:
        """Its item ends as if the worker had died by itself, and says why."""
        for each in self.workers:
            if each.process.pid == pid:
                self.killed[pid] = why
                each.process.kill()

    # ---- taking back -------------------------------------------------------------------------------------

    def collect(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        by_pipe = {w.pipe: w for w in self.workers}
        rung = [self.bell] if self.bell is not None else []
        for pipe in wait([*by_pipe, *rung], timeout=TICK_SECONDS):
            if pipe is self.bell:
                self.bell.recv_bytes()
            else:
                self._drain(by_pipe[pipe], outcomes)  # type: ignore[index]
        now = time.monotonic()
        for slow in [w for w in self.workers if w.queue and now - w.since > self.timeout]:
            self._lose(slow, Drop("timeout", f"after {self.timeout:g} s"), outcomes)
        return outcomes

    def _drain(self, source: _Worker, outcomes: list[Outcome]) -> None:
        try:
            while source.pipe.poll():
                self._take(source, outcomes, *pickle.loads(source.pipe.recv_bytes()))
        except (EOFError, ConnectionResetError):
            self._died(source, outcomes)

    def _take(self, source: _Worker, outcomes: list[Outcome], what: int, value: Any) -> None:
        if what == worker.MACHINE:
            raise Misuse(f"{value}: nothing done so far is lost; mend it and run the same command again")
        if what == worker.READY:
            source.ready, self.failed_starts = True, 0
            return
        source.queue.popleft()
        source.since = time.monotonic()
        source.pace = 0.8 * source.pace + 0.2 * value.seconds
        outcomes.append(value)

    def _died(self, dead: _Worker, outcomes: list[Outcome]) -> None:
        dead.process.join(5)
        if not dead.ready:
            self.failed_starts += 1
            if self.failed_starts >= 3:
                raise WorkerFailed(f"workers die while starting: {describe_exit(dead.process.exitcode)}")
        why = self.killed.pop(dead.process.pid or 0, "") or describe_exit(dead.process.exitcode)
        self._lose(dead, Drop(WORKER_DIED, why), outcomes)

    def _lose(self, gone: _Worker, drop: Drop, outcomes: list[Outcome]) -> None:
        queued = [item for item, _ in gone.queue]
        if queued:
            seconds = time.monotonic() - gone.since
            outcomes.append(Outcome(queued[0].key, (), (drop,), seconds, gone.process.pid or 0))
        self._replace(gone, queued[1:])

    def _replace(self, gone: _Worker, queued: list[Any]) -> None:
        self.again.extend(queued)
        _end(gone)
        self.workers[self.workers.index(gone)] = self._spawn()

    def close(self) -> None:
        for each in self.workers:
            _end(each)


def _end(gone: _Worker) -> None:
    gone.pipe.close()
    if gone.process.is_alive() and gone.queue:
        gone.process.kill()
    gone.process.join(2)
    if gone.process.is_alive():
        gone.process.kill()
        gone.process.join()
    gone.process.close()


def describe_exit(code: int | None) -> str:
    if code is None:
        return "no exit status"
    if code < 0:
        return f"signal {-code} ({signal.Signals(-code).name})"
    return f"exit status {code}"
