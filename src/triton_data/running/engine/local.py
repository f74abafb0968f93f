"""The embedded engine: a pool of worker processes on this machine.

In: a stage and an iterator of items. Out: outcomes in the order they finish. Not covered: how the pool survives what
items do to its workers (pool.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import chain, islice
from typing import Any

from triton_data.records import Outcome
from triton_data.running.engine.pool import Pool
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Work

GRACE = 30.0  # seconds that the engine waits for an item beyond the jail's own limit


class LocalEngine:
    """`jobs` worker processes; an item may take `timeout` seconds."""

    def __init__(self, jobs: int | None = None, timeout: float = 600.0) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self.timeout = timeout

    def resources(self, work: Work) -> AbstractContextManager[object]:
        return work.resources()

    def run(self, work: Work, items: Iterator[Any], interrupt: Interrupt) -> Iterator[list[Outcome]]:
        first = list(islice(items, self.jobs))  # so that two items never start eight workers
        if not first:
            return
        pool = Pool(work, self.timeout, len(first), chain(first, items))
        try:
            while pool.feed(interrupt.asked):
                yield pool.collect()
        finally:
            pool.close()
