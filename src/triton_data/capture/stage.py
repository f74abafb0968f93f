"""The capture stage: every Program of a run, on every target, in every mode.

In: Programs. Out: a Capture each, or a Drop that says why not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    name: str = "capture"

    def todo(self, store: Store) -> Iterator[Job]:
        for target, mode in self.variants():
            for program in store.unfinished(Program, self.name, suffix(target, mode)):
                yield Job(program, target, mode)

    def count(self, store: Store) -> int:
        return sum(store.count_unfinished(Program, self.name, suffix(*variant)) for variant in self.variants())

    def prepare(self) -> None:
        from triton_data.capture.headless import warm_up

        warm_up()

    def work(self, item: Job) -> Iterator[Capture | Drop]:
        from triton_data.capture.headless import capture_program

        yield capture_program(item.program, item.target, item.mode)

    def variants(self) -> Iterator[tuple[str, str]]:
        for target in self.targets:
            for mode in self.modes:
                yield target, mode
