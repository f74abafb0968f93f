"""The verify stage: every Pair of a run becomes a Verdict, passed or with the reason why not.

In: Pairs, their Programs and the Captures that they came from. Out: a Verdict each. A Pair whose verification could not
be made at all (the jail went, the time ran out on the reference) is a Drop. Not covered: what is checked (verify.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from triton_data.config import VerifyConfig
from triton_data.records import FRAGMENT, Capture, Drop, Pair, Program, Verdict
from triton_data.store import Store
from triton_data.verify.bench import Bench
from triton_data.verify.judgement import PROTOCOL

TASKS = 12  # of the jail in one verification; hardly ever do two of them take all their time


@dataclass(frozen=True)
class Job:
    program: Program
    pair: Pair
    externs: tuple[str, ...]  # library operations that the capture declares
    mode: str
    suffix: str

    @property
    def key(self) -> str:
        return self.pair.key + self.suffix


class Remade(Protocol):
    """How a pair is made again for other sizes; what it needs is open while it is held."""

    def __call__(self, text: str, entry: str, mode: str) -> tuple[str, tuple[str, ...]] | None: ...

    def held(self) -> AbstractContextManager[object]: ...


@dataclass
class VerifyStage:
    device: str = "cpu"
    protocol: int = PROTOCOL
    timeout: float = 60.0  # seconds a task of the jail
    allow_unsafe: bool = False
    timing: bool = False
    name: str = "verify"
    bench: Bench | None = None
    remake: Remade | None = None

    @classmethod
    def of(cls, config: VerifyConfig, allow_unsafe: bool, remake: Remade | None = None) -> VerifyStage:
        return cls(config.device, config.protocol, config.timeout, allow_unsafe, config.timing, remake=remake)

    @property
    def suffix(self) -> str:
        return f":{self.device}:{self.protocol}"

    def todo(self, store: Store) -> Iterator[Job]:
        for pair in store.unfinished(Pair, self.name, self.suffix):
            captures = list(store.records(Capture, "key = ?", (pair.capture,)))
            externs = tuple(dict.fromkeys(extern for capture in captures for extern in capture.externs))
            mode = captures[0].mode if captures else "inference"
            for program in store.records(Program, "key = ?", (pair.program,)):
                yield Job(program, pair, externs, mode, self.suffix)

    def count(self, store: Store) -> int:
        return store.count_unfinished(Pair, self.name, self.suffix)

    @contextmanager
    def held(self) -> Iterator[object]:
        from triton_data.verify.verify import open_bench

        self.bench = open_bench(self.device, self.allow_unsafe)
        with self.bench, self.remake.held() if self.remake else nullcontext():
            yield self.bench

    def work(self, item: Job) -> Iterator[Verdict | Drop]:
        from triton_data.verify.verify import verify_texts

        assert self.bench is not None, "work() runs while the stage is held"
        found = verify_texts(
            item.program.text,
            item.pair.text,
            device=self.device,
            protocol=self.protocol,
            bench=self.bench,
            externs=item.externs,
            training=item.mode == "training",
            with_gradients=item.mode == "training",
            seconds=self.timeout,
            timed=self.timing,
            names=(item.program.entry, item.pair.entry),
            remake=self.remake if item.pair.capture and item.program.inputs_from != FRAGMENT else None,
        )
        yield found.verdict(item.pair.key, self.device, self.protocol, item.pair.origin)
