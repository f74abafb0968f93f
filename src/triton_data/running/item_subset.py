"""A part of what a stage has left: one shard of several, some items by name, or the first so many.

In: a stage. Out: the same stage with less to do; whatever is left out has no outcome, so another call does it.
Not covered: a run that several processes share. A run has one writer: shards are for runs of their own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triton_data.records import Drop, Record
from triton_data.running.stage import Stage
from triton_data.store import Store


@dataclass(frozen=True)
class ItemSubset:
    limit: int | None = None
    shard: int = 0  # of `shards`, from 0
    shards: int = 1
    only: frozenset[str] | None = None  # keys of items
    stages: tuple[str, ...] = ("extract", "capture")  # others do all that these left them

    def of(self, stage: Stage) -> Stage:
        return _Part(stage, self, stage.name) if stage.name in self.stages else stage

    def holds(self, key: str) -> bool:
        return (self.only is None or key in self.only) and zlib.crc32(key.encode()) % self.shards == self.shard


@dataclass
class _Part:
    stage: Stage
    subset: ItemSubset
    name: str

    def todo(self, store: Store) -> Iterator[Any]:
        return islice((item for item in self.stage.todo(store) if self.subset.holds(item.key)), self.subset.limit)

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        return self.stage.resources()

    def work(self, item: Any) -> Iterable[Record | Drop]:
        return self.stage.work(item)
