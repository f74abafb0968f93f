"""The pool of a node, in a thread of its own: it works while the node talks to the driver.

In: a stage's work, and items as they arrive. Out: outcomes to be fetched, what runs now, and, if it cannot go on, why
in one line. What the work needs is opened in the thread and closed with it. A pool that hears nothing of its driver for
some minutes stops: somebody else has its items by then. Not covered: what is in an environment (environments/).
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from triton_data.environments import NotInstalled
from triton_data.errors import Misuse
from triton_data.records import Outcome
from triton_data.running.engine.cluster.memory import too_large
from triton_data.running.engine.pool import CONTEXT, LATER, Pool, WorkerFailed
from triton_data.running.stage import Work

LOOK_SECONDS = 0.25  # between looks at the workers' memory
GATHER_SECONDS, FULL_SECONDS = 0.05, 0.5  # outcomes wait so long for company: when workers want more, and when not
SILENCE = 300.0
INSTALLERS = 4


class PoolThread:
    def __init__(self, work: Work, timeout: float, jobs: int, worker_bytes: int) -> None:
        self.work, self.timeout, self.jobs, self.worker_bytes = work, timeout, jobs, worker_bytes
        self.queue: deque[Any] = deque()
        self.running: tuple[str, ...] = ()
        self.broken = ""
        self.preparing = 0
        self.heard = time.monotonic()
        self._outcomes: list[Outcome] = []
        self._declined: dict[str, str] = {}
        self._news = threading.Condition()
        self._opened = threading.Event()
        self._closing = False
        self._ear, self._bell = CONTEXT.Pipe(duplex=False)
        self._installers = ThreadPoolExecutor(INSTALLERS)
        self._thread = threading.Thread(target=self._main, daemon=True)

    def open(self) -> None:
        self._thread.start()
        self._opened.wait()
        if self.broken:
            raise Misuse(self.broken)

    def close(self) -> None:
        self._closing = True
        self._installers.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._bell.send_bytes(b"close")
        self._thread.join()

    # ---- the node's side ---------------------------------------------------------------------------------

    def add(self, item: Any, environments: tuple[str, ...]) -> None:
        if environments and hasattr(self.work, "environments"):
            with self._news:
                self.preparing += 1
            self._installers.submit(self._prepare, item, environments)
        else:
            self._append(item)

    def wait(self, seconds: float) -> None:
        """Until there is enough to say: while workers are busy, outcomes wait for more of them."""
        begun = self.heard = time.monotonic()
        with self._news:
            while (passed := time.monotonic() - begun) < seconds and not (self.broken or self._declined):
                ready = GATHER_SECONDS if len(self.queue) < self.jobs else FULL_SECONDS
                if self._outcomes and passed >= ready:
                    return
                self._news.wait(max(ready - passed, 0.001) if self._outcomes else seconds - passed)

    def outcomes(self) -> tuple[Outcome, ...]:
        with self._news:
            found, self._outcomes = self._outcomes, []
        return tuple(found)

    def declined(self) -> dict[str, str]:
        with self._news:
            found, self._declined = self._declined, {}
        return found

    def withdraw(self, keys: frozenset[str] | None) -> list[str]:
        """Keys of what no worker has yet; None: of all of it."""
        with self._news:
            back = [item.key for item in self.queue if keys is None or item.key in keys]
            gone = set(back)
            self.queue = deque(item for item in self.queue if item.key not in gone)
        return back

    # ---- the pool's side ---------------------------------------------------------------------------------

    def _prepare(self, item: Any, environments: tuple[str, ...]) -> None:
        try:
            for key in environments:
                self.work.environments.folder(key)  # type: ignore[attr-defined]
            self._append(item)
        except (NotInstalled, OSError) as error:
            with self._news:
                self._declined[item.key] = str(error)
                self._news.notify()
        finally:
            with self._news:
                self.preparing -= 1

    def _append(self, item: Any) -> None:
        with self._news:
            self.queue.append(item)
        self._bell.send_bytes(b"item")

    def _items(self) -> Iterator[Any]:
        while True:
            with self._news:
                item = self.queue.popleft() if self.queue else LATER
            yield item

    def _main(self) -> None:
        try:
            with self.work.resources():
                self._turn()
        except (Misuse, WorkerFailed, OSError) as error:
            self.broken = " ".join(str(error).split())
        except Exception as error:
            self.broken = f"{type(error).__name__}: {error}"
            raise  # its traceback goes into the node's log
        finally:
            self._opened.set()
            with self._news:
                self._news.notify()

    def _turn(self) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
        pool = Pool(self.work, self.timeout, self.jobs, self._items(), self._ear, environ)
        self._opened.set()
        looked = time.monotonic()
        try:
            while not self._closing:
                pool.feed(False)
                found = pool.collect()
                self.running = tuple(pool.running())
                if found:
                    with self._news:
                        self._outcomes.extend(found)
                        self._news.notify()
                if (now := time.monotonic()) - looked > LOOK_SECONDS:
                    looked = now
                    self._look(pool)
                    if now - self.heard > SILENCE:
                        raise Misuse("nothing was heard of the driver")
        finally:
            pool.close()

    def _look(self, pool: Pool) -> None:
        pids = [each.process.pid for each in pool.workers if each.process.pid]
        if found := too_large(pids, self.worker_bytes):
            pool.kill(*found)
