"""How fast, and in how much memory, the driver feeds trivial items through the local engine and commits them.

Prints one line per size: items a second committed, and the driver's resident memory after that many items. Flat
memory means that the driver holds no more at the end of the long run than of the short one.

    python benchmarks/engine.py [ITEMS]
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from triton_data.records import Drop, Kernel, Origin, Record
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.store import Store


@dataclass(frozen=True)
class Number:
    key: str


@dataclass
class Trivial:
    """Every item becomes one small Kernel record, every tenth a Drop."""

    n: int
    name: str = "trivial"

    def todo(self, store: Store) -> Iterator[Number]:
        return (Number(str(i)) for i in range(self.n))

    def count(self, store: Store) -> int:
        return self.n

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Number) -> Iterator[Record | Drop]:
        if item.key.endswith("0"):
            yield Drop("tenth")
        else:
            yield Kernel(f"k{item.key}", f"def k{item.key}(): pass", Origin("generated", generator="benchmark"))


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(items: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "run") as store:
        started = time.perf_counter()
        run_stage(Trivial(items), store, LocalEngine(jobs=os.cpu_count()))
        seconds = time.perf_counter() - started
        (committed,) = store.db.execute("SELECT COUNT(*) FROM outcomes").fetchone()
        assert committed == items, f"{committed} outcomes for {items} items"
        return items / seconds, resident_mib()


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(f"python {platform.python_version()}, sqlite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
    print(f"{'items':>9} {'items/s':>9} {'driver RSS MiB':>15}")
    for items in (most // 20, most // 4, most):
        rate, memory = measure(items)
        print(f"{items:>9} {rate:>9.0f} {memory:>15.1f}")


if __name__ == "__main__":
    main()
