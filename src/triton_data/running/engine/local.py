"""The embedded engine: a pool of worker processes on this machine that survives any one of them.

In: a stage and an iterator of items. Out: outcomes in the order they finish. A worker that dies costs the item it
was on (Drop `worker_died`), one that hangs costs the item (Drop `timeout`); what was queued behind it goes elsewhere.
Items are pulled only as workers take them, so the driver's memory does not grow with their number.
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
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.records import Drop, Outcome
from triton_data.running.engine import worker
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Work

AHEAD_SECONDS = 0.05  # a worker's queue holds about this much work, so that short items do not wait for the pipe
AHEAD_ITEMS = 64
AHEAD_BYTES = 32_000  # queued bytes stay below a pipe's buffer: else driver and worker could block on each other
TICK_SECONDS = 0.2
GRACE = 30.0  # seconds that the engine waits for an item beyond the jail's own limit


CONTEXT = multiprocessing.get_context("forkserver")  # imports are paid for once, not by each worker of each stage


def load_ahead(modules: Iterable[str]) -> None:
    """What the process imports that workers are forked from; too late once it runs."""
    CONTEXT.set_forkserver_preload([worker.__name__, *modules])


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


class LocalEngine:
    """`jobs` worker processes; an item may take `timeout` seconds."""

    def __init__(self, jobs: int | None = None, timeout: float = 600.0) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self.timeout = timeout

    def run(self, work: Work, items: Iterator[Any], interrupt: Interrupt) -> Iterator[list[Outcome]]:
        first = list(islice(items, self.jobs))  # so that two items never start eight workers
        if not first:
            return
        pool = _Pool(work, self.timeout, first, items)
        try:
            while pool.feed(interrupt.asked):
                yield pool.collect()
        finally:
            pool.close()


class _Pool:
    def __init__(self, work: Work, timeout: float, first: list[Any], items: Iterator[Any]) -> None:
        self.work, self.timeout = work, timeout
        self.items = items
        self.again: deque[Any] = deque(first)  # items to hand out before new ones
        self.held: tuple[Any, bytes] | None = None  # pickled, waiting for room
        self.failed_starts = 0
        self.workers = [self._spawn() for _ in first]

    def _spawn(self) -> _Worker:
        ours, theirs = CONTEXT.Pipe()
        surroundings = worker.Surroundings(dict(os.environ), Path.cwd())
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
        return any(w.queue for w in self.workers) or (not draining and bool(self.again or self.held))

    def _hold_next(self) -> bool:
        item = self.again.popleft() if self.again else next(self.items, None)
        self.held = None if item is None else (item, pickle.dumps(item))
        return item is not None

    # ---- taking back -------------------------------------------------------------------------------------

    def collect(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        by_pipe = {w.pipe: w for w in self.workers}
        for pipe in wait(list(by_pipe), timeout=TICK_SECONDS):
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
        self._lose(dead, Drop("worker_died", describe_exit(dead.process.exitcode)), outcomes)

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
