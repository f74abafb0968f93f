"""The one loop of the project: `run_stage` feeds what a stage has left to do to an engine and commits what comes back.

A stage is small: what is left, how to do one item, nothing else. Because outcomes are committed with the records
they made, every stage resumes for free: whatever has no outcome is done again, and nothing else is.
Not covered: how items are spread over processes (engine/), what the stages are (each room has its own).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from triton_data.records import Drop, Outcome, Record
from triton_data.running.interrupt import Interrupt
from triton_data.running.progress import Progress
from triton_data.store import Store


class Work(Protocol):
    """How one item is done. Pickled to each worker once it is held. Items have a `key`, the name of their outcome."""

    name: str

    def resources(self) -> AbstractContextManager[object]: ...  # in the driver, around the loop: a jail, say
    def work(self, item: Any) -> Iterable[Record | Drop]: ...  # runs in a worker, a jail or a Ray task


class Stage(Work, Protocol):
    """And what there is to do in a run."""

    def todo(self, store: Store) -> Iterator[Any]: ...  # items with no outcome yet
    def count(self, store: Store) -> int: ...  # how many of them: for the ETA


class Engine(Protocol):
    def resources(self, work: Work) -> AbstractContextManager[object]:
        """What the driver holds open around the loop: the work's own resources, where its workers are here."""
        ...

    def run(self, work: Work, items: Iterator[Any], interrupt: Interrupt) -> Iterator[list[Outcome]]:
        """Outcomes as they come back; an empty list is a chance to look at the clock."""
        ...


@dataclass(frozen=True)
class Summary:
    stage: str
    items: int
    records: int
    drops: int
    seconds: float
    interrupted: bool


def run_stage(stage: Stage, store: Store, engine: Engine, view: Callable[[str, int], Progress] = Progress) -> Summary:
    started = time.monotonic()
    items = records = drops = 0
    total = stage.count(store)
    with (
        Interrupt() as interrupt,
        view(stage.name, total) as progress,
        engine.resources(stage) if total else nullcontext(),
    ):
        for outcomes in engine.run(stage, stage.todo(store), interrupt):
            if not outcomes:
                continue
            store.commit(stage.name, outcomes)
            made = sum(len(outcome.outputs) for outcome in outcomes)
            lost = sum(len(outcome.drops) for outcome in outcomes)
            items, records, drops = items + len(outcomes), records + made, drops + lost
            progress.advance(len(outcomes), made, lost)
        return Summary(stage.name, items, records, drops, time.monotonic() - started, interrupt.asked)


def perform(stage: Work, item: Any) -> tuple[tuple[Record, ...], tuple[Drop, ...]]:
    """One item, here and now: what it became, split into records and drops."""
    outputs: list[Record] = []
    drops: list[Drop] = []
    for result in stage.work(item):
        if isinstance(result, Drop):
            drops.append(result)
        else:
            outputs.append(result)
    return tuple(outputs), tuple(drops)
