"""Can one driver keep up with a hundred machines? Nodes that only answer, in this process; the driver is the real one.

    python benchmarks/ray_driver.py [NODES [WORKERS [ITEMS]]]

Items take a second, about as pairs do to verify; a node answers twice a second with what its workers would have
finished. The clock of nodes is simulated: work is never short, however long the driver takes. Printed: outcomes a CPU
second of the driver (leases, pickling, SQLite), the time of nodes taken out, and its memory. Not covered: what Ray
itself takes for a call, about a millisecond (ray_engine.py has the whole of it, on one node).
"""

from __future__ import annotations

import os
import pickle
import platform
import sqlite3
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from engine import resident_mib
from triton_data.records import Origin, Outcome, Verdict
from triton_data.running.engine.cluster.connect import Found
from triton_data.running.engine.cluster.engine import RayEngine
from triton_data.running.engine.cluster.members import Members, Wanted
from triton_data.running.engine.cluster.messages import Described, Opened, Opening, Orders, Report, Versions
from triton_data.running.engine.cluster.roster import Roster
from triton_data.running.engine.cluster.supplies import Supplies
from triton_data.running.interrupt import Interrupt
from triton_data.store import Store

VERSIONS = Versions("0", "3", "2", "3")
SECONDS = 1.0  # of an item
TEXT = "x" * 6000  # of a program and its pair


@dataclass(frozen=True)
class Item:
    key: str
    text: str = TEXT


@dataclass
class Judging:
    items: int
    name: str = "judging"

    def todo(self) -> Iterator[Item]:
        return (Item(f"{number:064}") for number in range(self.items))

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Item) -> Iterator[Verdict]:
        raise NotImplementedError("nodes of this benchmark only answer")


class Method:
    """As of an actor: what it returns is awaited."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.answer = answer

    def remote(self, *arguments: Any) -> Any:
        return partial(self.answer, *arguments)


@dataclass
class Answering:
    workers: int
    queue: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        for name in ("describe", "open", "exchange"):
            setattr(self, name, Method(getattr(self, f"_{name}")))

    def _describe(self) -> Any:
        return Described(VERSIONS, "simulated", 0, self.workers, "")

    def _open(self, data: bytes) -> Any:
        opening: Opening = pickle.loads(data)
        return Opened(opening.number)

    def _exchange(self, data: bytes, seconds: float) -> Any:
        orders: Orders = pickle.loads(data)
        self.queue.extend(sent.key for sent in orders.items)
        done = [self.queue.popleft() for _ in range(min(int(self.workers / (2 * SECONDS)), len(self.queue)))]
        return Report(tuple(map(verdict, done)), tuple(list(self.queue)[: self.workers]), len(self.queue))


def verdict(key: str) -> Outcome:
    checks = tuple((f"check {number}", "1.2e-07 of 3.4e-06 allowed") for number in range(12))
    return Outcome(key, (Verdict(key, "cpu", "2", True, "", checks, Origin("generated")),), (), SECONDS, 1)


class Simulated:
    def __init__(self, nodes: int, workers: int) -> None:
        self.workers, self.seconds = workers, 0.0
        self.found = {str(number): Found(str(number), f"node{number}", "", workers, 0) for number in range(nodes)}

    def nodes(self) -> dict[str, Found]:
        return self.found

    def start(self, node: Found, jobs: int, preload: Sequence[str], worker_bytes: int) -> Any:
        return Answering(self.workers)

    def ready(self, refs: Sequence[Any], seconds: float) -> list[Any]:
        return list(refs)

    def get(self, ref: Any) -> bytes:
        started = time.process_time()
        answer = pickle.dumps(ref())
        self.seconds += time.process_time() - started
        return answer

    def kill(self, actor: Any) -> None:
        return


def main() -> None:
    nodes, workers, items = map(int, [*sys.argv[1:], *("100", "16", "100000")[len(sys.argv) - 1 :]])
    print(f"python {platform.python_version()}, sqlite {sqlite3.sqlite_version}, load {os.getloadavg()[0]:.1f}")
    print(f"{nodes} nodes of {workers} workers, {items} items with {len(TEXT)} characters")
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "run") as store:
        machines = Simulated(nodes, workers)
        members = Members(machines, Wanted(VERSIONS), Roster(store.run_dir), lambda line: None)
        engine = RayEngine(lambda: members, Supplies(store), make=as_nothing)
        stage = Judging(items)
        started = time.process_time()
        done = 0
        for found in engine.run(stage, stage.todo(), Interrupt()):
            store.commit(stage.name, found)
            done += len(found)
            if done // (items // 4) > (done - len(found)) // (items // 4):
                used = time.process_time() - started - machines.seconds
                print(f"{done:>9} outcomes, {done / used:>7.0f} a second, {resident_mib():>6.1f} MiB")
        assert store.count(Verdict) == done == items
        members.close()


def as_nothing(folder: Path) -> Any:
    raise NotImplementedError


if __name__ == "__main__":
    main()
