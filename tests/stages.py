"""Stages for tests: what they do to a worker is in the item's name, such as `die:9` or `sleep:5`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from triton_data.jail import Jail
from triton_data.records import Drop, Kernel, Origin, Record
from triton_data.store import Store


@dataclass(frozen=True)
class Named:
    key: str


@dataclass
class Numbered:
    """Items 0..n-1, each becoming one Kernel; `odd` maps an item to what should happen instead."""

    n: int
    odd: dict[int, str]
    name: str = "numbered"
    pause: float = 0.0

    def todo(self, store: Store) -> Iterator[Named]:
        for i in range(self.n):
            key = f"{i}:{self.odd.get(i, 'ok')}"
            if not store.has_outcome(self.name, key):
                yield Named(key)

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Named) -> Iterator[Record | Drop]:
        number, what = item.key.split(":", 1)
        time.sleep(float(os.environ.get("NODE_PAUSE", self.pause)))  # of a machine that is slow
        if what == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif what == "exit":
            os._exit(3)
        elif what == "hang":
            time.sleep(3600)
        elif what == "eat":
            eaten = [b"x" * (32 << 20) for _ in range(64) if not time.sleep(0.02)]  # 2 GiB
            raise ValueError(f"{len(eaten)} were not too many")
        elif what == "raise":
            raise ValueError("no good")
        elif what == "full":
            raise OSError(28, "No space left on device", "somewhere")
        elif what == "surrogate":
            yield Kernel(f"k\ud800{number}", "x", Origin("given"))
            return
        elif what == "where":
            yield Kernel("where", f"{os.environ['TOLD']} {os.getcwd()}", Origin("given"))  # noqa: PTH109
            return
        elif what == "drop":
            yield Drop("unwanted", "by name")
            return
        yield Kernel(f"k{number}", f"text {number}", Origin("given", repo="tests", stars=int(number)))


@dataclass
class Confined(Numbered):
    """The same, and its workers need a jail, with nothing loaded."""

    def resources(self) -> AbstractContextManager[object]:
        return Jail(preload=())


@dataclass
class Until(Confined):
    """Items until something has happened; `n` is then how many there were."""

    happened: Callable[[], bool] = bool

    def todo(self, store: Store) -> Iterator[Named]:
        begun = time.monotonic()
        while not self.happened() and time.monotonic() < begun + 60:
            self.n += 1
            yield Named(f"{self.n}:ok")

    def count(self, store: Store) -> int:
        return 1

    def __reduce__(self) -> tuple[Any, ...]:
        return Confined, (self.n, self.odd, self.name, self.pause)
