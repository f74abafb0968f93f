"""Samples many at a time in this process: one event loop that asks, a few threads that run and compile.

In: a stage whose items are written by coroutines, and its items. Out: outcomes as they come, like any engine's. The
loop turns only while the driver waits for outcomes, so that the database has one writer and one thread. Asked to stop,
it lets answers that are under way come in, because they are paid for, and leaves the rest for a later call.
Not covered: what one sample is (writing.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol

from triton_data.errors import Misuse, Stopped
from triton_data.generate.llm_modules.writing import Stopping
from triton_data.llm.client import Closed, OverBudget, PutOff
from triton_data.records import Outcome, Sample
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Work

TICK = 0.2  # seconds between looks at the interrupt


class Writing(Work, Protocol):
    def opened(self) -> AbstractAsyncContextManager[object]: ...  # in the loop, around everything
    def write(self, item: Sample) -> Coroutine[Any, Any, Outcome]: ...
    def stop(self) -> None: ...  # no new step of any sample


class AskingEngine:
    def __init__(self, workers: int) -> None:
        self.workers = workers

    def resources(self, work: Any) -> AbstractContextManager[object]:
        held: AbstractContextManager[object] = work.resources()
        return held

    def run(self, work: Any, items: Iterator[Any], interrupt: Interrupt) -> Iterator[list[Outcome]]:
        writing: Writing = work
        with asyncio.Runner() as runner:
            opened = writing.opened()
            runner.run(opened.__aenter__())
            try:
                yield from _Pool(runner, writing, items, self.workers, interrupt).outcomes()
            finally:
                runner.run(opened.__aexit__(None, None, None))


class _Pool:
    def __init__(self, runner: asyncio.Runner, writing: Writing, items: Iterator[Any], workers: int,
                 interrupt: Interrupt) -> None:  # fmt: skip
        self.runner, self.writing, self.items, self.workers = runner, writing, items, workers
        self.interrupt = interrupt
        self.tasks: set[asyncio.Task[Outcome]] = set()
        self.error: BaseException | None = None
        self.more = True

    def outcomes(self) -> Iterator[list[Outcome]]:
        while self.more or self.tasks:
            if self.interrupt.asked or self.error:
                self.more = False
                self.writing.stop()
            self._fill()
            if self.tasks:
                yield self.runner.run(self._some())
        if self.error is not None:
            raise self.error

    def _fill(self) -> None:
        loop = self.runner.get_loop()
        while self.more and len(self.tasks) < self.workers:
            item = next(self.items, None)
            if item is None:
                self.more = False
            else:
                self.tasks.add(loop.create_task(self.writing.write(item)))

    async def _some(self) -> list[Outcome]:
        done, self.tasks = await asyncio.wait(self.tasks, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
        return [outcome for task in done if (outcome := self._taken(task)) is not None]

    def _taken(self, task: asyncio.Task[Outcome]) -> Outcome | None:
        """The first error is the one that is told; what a stop leaves undone is none."""
        try:
            return task.result()
        except (Stopping, Closed):
            return None
        except PutOff as error:
            self.error = self.error or Stopped(f"{error}; the same command goes on from here")
        except OverBudget as error:
            self.error = self.error or Stopped(
                f"the budget is reached: {error}; raise it and run the same command again"
            )
        except Misuse as error:
            self.error = self.error or error
        except Exception as error:  # noqa: BLE001 - a bug: raised when what is paid for has come in
            self.error = self.error or error
        return None
