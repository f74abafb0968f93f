"""What travels with an item: the records that its work looks up, and by name the blobs and environments they need.

In: a run, and which earlier stages a stage reads. Out: an item ready to be sent; blobs and locks that a node lacks.
What a node has made in the way of environments comes back as locks, kept in the run before a record names them.
Not covered: who gets the item (leases.py).
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triton_data.environments import has_lock, keep_lock, lock_of
from triton_data.records import RECORDS, Outcome, Record
from triton_data.running.engine.cluster.messages import Sent
from triton_data.store import Store

BLOB_BYTES = 16 << 20  # in one order, at least one blob
DEEPEST = 3  # where a record lies in an item


class Supplies:
    def __init__(self, store: Store, reads: Sequence[str] = ()) -> None:
        self.store, self.reads = store, tuple(reads)
        self.environments = store.run_dir.resolve() / "environments"

    def pack(self, item: Any) -> Sent:
        reads = [(stage, Outcome(item.key, tuple(self._made(stage, item.key)))) for stage in self.reads]
        records = [record for _, outcome in reads for record in outcome.outputs]
        blobs = dict.fromkeys(name for record in records if (name := getattr(record, "blob", "")))
        needed = {record.environment for record in (*_records(item), *records) if getattr(record, "environment", "")}
        return Sent(
            item.key,
            pickle.dumps(item),
            pickle.dumps(reads) if reads else b"",
            tuple(name for name in blobs if self.store.blobs.path(name).exists()),
            tuple(key for key in sorted(needed) if has_lock(self.environments, key)),
        )

    def _made(self, stage: str, item: str) -> Iterator[Record]:
        for kind in RECORDS:
            yield from self.store.products(kind, stage, item)

    def blobs(self, names: Sequence[str]) -> dict[str, bytes]:
        """As many as go into one order; a node asks again for the others."""
        found: dict[str, bytes] = {}
        size = 0
        for name in names:
            found[name] = self.store.blobs.get(name)
            size += len(found[name])
            if size > BLOB_BYTES:
                break
        return found

    def locks(self, keys: Sequence[str]) -> dict[str, str]:
        return {key: lock_of(self.environments, key) for key in keys}

    def keep_locks(self, locks: Mapping[str, str]) -> None:
        for key, text in locks.items():
            keep_lock(self.environments, key, text)


def _records(thing: Any, depth: int = 0) -> Iterator[Any]:
    """The records that an item is or holds."""
    if isinstance(thing, RECORDS):
        yield thing
    elif dataclasses.is_dataclass(thing) and depth < DEEPEST:
        for each in dataclasses.fields(thing):
            yield from _records(getattr(thing, each.name), depth + 1)
