"""The stage of written modules: samples are drawn as they are needed, and each ends as a Program or a Drop.

In: settings. Out: Samples, kept before anybody is asked, so that a question is the same after a restart; Programs with
what was made of them; an Attempt for each answer. Not covered: one sample (writing.py), the loop (engine.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field

from triton_data.generate.llm_modules.sampling import draw
from triton_data.generate.llm_modules.settings import Settings
from triton_data.generate.llm_modules.steering import Tried
from triton_data.generate.llm_modules.tally import Tally
from triton_data.generate.llm_modules.validation import Compiler
from triton_data.generate.llm_modules.writing import Writer
from triton_data.records import Drop, Outcome, Record, Sample
from triton_data.store import Store

NAME = "llm_modules"
DRAWN = "draw"  # the stage whose outcomes are the samples
BLOCK = 32  # samples drawn at a time, with what is known by then


@dataclass
class WrittenStage:
    settings: Settings
    writer: Writer
    compiler: Compiler
    aims: Mapping[str, Sequence[str]]  # of each prompt
    open_source: Callable[[], AbstractAsyncContextManager[object]]
    tried: Tried = field(default_factory=Tried)
    tally: Tally = field(default_factory=Tally)
    stopped: bool = False
    name: str = NAME

    def todo(self, store: Store) -> Iterator[Sample]:
        """First what an earlier call has drawn and not finished."""
        mine = f"t.settings = '{self.settings.digest}' AND t.number < {self.settings.num_total_samples}"
        yield from store.unfinished(Sample, self.name, "", mine)
        first = drawn(store, self.settings)
        while first < self.settings.num_total_samples:
            last = min(first + BLOCK, self.settings.num_total_samples)
            weights = self.tried.weights() if self.settings.steer else {}
            block = [draw(self.settings, number, weights, self.aims) for number in range(first, last)]
            store.commit(DRAWN, [Outcome(sample.key, (sample,)) for sample in block])
            yield from block
            first = last

    def count(self, store: Store) -> int:
        mine = f"t.settings = '{self.settings.digest}' AND t.number < {self.settings.num_total_samples}"
        left = store.count_unfinished(Sample, self.name, "", mine)
        return left + max(0, self.settings.num_total_samples - drawn(store, self.settings))

    def resources(self) -> AbstractContextManager[object]:
        return self.compiler.resources()

    def opened(self) -> AbstractAsyncContextManager[object]:
        return self.open_source()

    async def write(self, item: Sample) -> Outcome:
        outcome = await self.writer.write(item)
        self.tally.add(outcome)
        self.tried.add(item.operators, not any(not drop.part for drop in outcome.drops))
        return outcome

    def stop(self) -> None:
        self.stopped = True

    def work(self, item: Sample) -> Iterable[Record | Drop]:
        """One sample, here and now."""

        async def alone() -> Outcome:
            async with self.opened():
                return await self.write(item)

        outcome = asyncio.run(alone())
        return (*outcome.outputs, *outcome.drops)


def drawn(store: Store, settings: Settings) -> int:
    """Samples have numbers from 0 without gaps."""
    return sum(1 for _ in store.records(Sample, "t.settings = ?", (settings.digest,)))
