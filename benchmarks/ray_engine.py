"""What the engine `ray` costs an item, against the local pool, in one run: the same items by turns through both.

    python benchmarks/ray_engine.py [ITEMS [SECONDS [ROUNDS]]]

Items wait (as those of the jail do for its processes), so that the engine's own work is all that the cores have to do.
Printed: seconds between the first outcomes and the last, an item and a worker, and what a stage waits for before that.
The cluster is one of this machine with one node and as many workers as the local pool has.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from triton_data.records import Kernel, Origin
from triton_data.running.engine.cluster.connect import connect
from triton_data.running.engine.cluster.engine import RayEngine
from triton_data.running.engine.cluster.members import Members, Wanted
from triton_data.running.engine.cluster.node import versions
from triton_data.running.engine.cluster.roster import Roster
from triton_data.running.engine.cluster.supplies import Supplies
from triton_data.running.engine.local import LocalEngine
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Engine
from triton_data.store import Store

JOBS = 2


@dataclass(frozen=True)
class Item:
    key: str
    text: str = "x" * 4000  # about what a program and its capture have


@dataclass
class Waiting:
    items: int
    seconds: float
    name: str = "waiting"

    def todo(self) -> Iterator[Item]:
        return (Item(str(number)) for number in range(self.items))

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Item) -> Iterator[Kernel]:
        time.sleep(self.seconds)
        yield Kernel(f"k{item.key}", item.text + item.key, Origin("generated", generator="benchmark"))


@dataclass(frozen=True)
class Measured:
    opening: float
    an_item: float  # wall seconds, times workers
    driver: float  # CPU seconds of the driver an item

    def __str__(self) -> str:
        return f"{self.opening:>9.2f} {1000 * self.an_item:>10.2f} {1e6 * self.driver:>12.0f}"


def measure(engine: Engine, stage: Waiting, store: Store, name: str) -> Measured:
    started, used = time.perf_counter(), cpu()
    first = done = 0.0
    outcomes = begun = 0
    for found in engine.run(stage, stage.todo(), Interrupt()):
        if found:
            store.commit(name, found)
            outcomes += len(found)
            done = time.perf_counter()
            first, begun = first or done, begun or outcomes
    assert outcomes == stage.items == store.count_of(Kernel, "1"), outcomes
    store.db.execute("DELETE FROM kernels")
    return Measured(
        first - started - stage.seconds, (done - first) * JOBS / (outcomes - begun), (cpu() - used) / stage.items
    )


def cpu() -> float:
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


def main() -> None:
    given = [*sys.argv[1:], *("150", "0.2", "3")[len(sys.argv) - 1 :]]
    items, seconds, rounds = int(given[0]), float(given[1]), int(given[2])
    load = os.getloadavg()[0]
    print(f"ray {version('ray')}, python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}")
    print(f"{items} items of {seconds:g} s, {JOBS} workers")
    print(f"{'engine':<8} {'opening s':>9} {'ms an item':>10} {'driver µs':>12}")
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "run") as store:
        os.environ.setdefault("TRITON_DATA_NODE_DIR", f"{folder}/nodes")
        cluster = connect("", JOBS)
        members = Members(cluster, Wanted(versions()), Roster(store.run_dir), lambda line: None)
        engines: dict[str, Any] = {"local": partial(LocalEngine, JOBS),
                                   "ray": partial(RayEngine, lambda: members, Supplies(store))}  # fmt: skip
        found: dict[str, list[Measured]] = {name: [] for name in engines}
        for turn in range(rounds):
            for name, engine in engines.items():
                found[name].append(measure(engine(), Waiting(items, seconds), store, f"{name}{turn}"))
                print(f"{name:<8} {found[name][-1]}")
        members.close()
        cluster.close()
    local, ray = (sorted(each.an_item for each in found[name])[rounds // 2] for name in engines)
    print(f"median: ray takes {100 * (ray / local - 1):+.1f}% of the local pool's time an item")


if __name__ == "__main__":
    import ray_engine  # under its name, by which nodes find the items

    ray_engine.main()
