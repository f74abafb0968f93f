"""The capture stage: every Program of a run, on every target, in every mode.

In: Programs. Out: a Capture each, or a Drop that says why not. Their text runs in the jail, in forks of one process
that has torch and Inductor loaded and warm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from triton_data.capture import jailed
from triton_data.capture.toolchain import check_toolchain
from triton_data.jail import RUN, Jail, Task
from triton_data.records import Capture, Drop, Program
from triton_data.store import Store


@dataclass(frozen=True)
class Job:
    program: Program
    target: str
    mode: str

    @property
    def key(self) -> str:
        return self.program.key + suffix(self.target, self.mode)


def suffix(target: str, mode: str) -> str:
    return f":{target}:{mode}"


@dataclass
class CaptureStage:
    targets: tuple[str, ...]
    modes: tuple[str, ...]
    timeout: float = 120.0  # seconds a Program
    allow_unsafe: bool = False
    name: str = "capture"
    jail: Jail | None = None

    def todo(self, store: Store) -> Iterator[Job]:
        for target, mode in self.variants():
            for program in store.unfinished(Program, self.name, suffix(target, mode)):
                yield Job(program, target, mode)

    def count(self, store: Store) -> int:
        return sum(store.count_unfinished(Program, self.name, suffix(*variant)) for variant in self.variants())

    def held(self) -> AbstractContextManager[object]:
        check_toolchain()
        preload = ("torch", "triton_data.capture.headless")
        self.jail = Jail(preload, warm="triton_data.capture.jailed:warm_up", allow_unsafe=self.allow_unsafe)
        return self.jail

    def work(self, item: Job) -> Iterator[Capture | Drop]:
        assert self.jail is not None, "work() runs while the stage is held"
        payload = {"entry": item.program.entry, "text": item.program.text, "target": item.target, "mode": item.mode}
        policy = replace(RUN, wall_s=self.timeout, cpu_s=int(self.timeout))
        outcome = self.jail.run(Task(entry="triton_data.capture.jailed:capture", payload=payload), policy)
        if not outcome.ok or not isinstance(outcome.value, dict):
            yield outcome.drop()
            return
        yield jailed.from_json(outcome.value, item.program, item.target, item.mode, outcome.facts.layers)

    def variants(self) -> Iterator[tuple[str, str]]:
        for target in self.targets:
            for mode in self.modes:
                yield target, mode
