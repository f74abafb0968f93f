"""The verify stage: every Pair of a run, and every Kernel alone, becomes a Verdict, passed or with the reason why not.

In: Pairs, their Programs and the Captures that they came from; Kernels that have inputs and belong to no Pair, which
never pass (judge/kernel_alone.py). Out: a Verdict each. A Pair whose verification could not
be made at all (the jail went, the time ran out on the reference) is a Drop. Not covered: what is checked
(judge/pair.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from triton_data.config import VerifyConfig
from triton_data.environments import Environments, packages_of, shelf_of
from triton_data.records import Capture, Drop, Kernel, Pair, Program, Verdict
from triton_data.store import Store
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.judgement import PROTOCOL
from triton_data.verify.judge.recapture import RecaptureService

LONE_KERNELS = "t.inputs != '' AND t.reference = ''"  # what a Pair judges is not judged again
JUDGING = ("triton_data.verify.judge.pair",)  # what its workers import, torch with it: seconds, once for all of them
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


@dataclass(frozen=True)
class LoneKernel:
    kernel: Kernel
    suffix: str

    @property
    def key(self) -> str:
        return self.kernel.key + self.suffix


@dataclass
class VerifyStage:
    device: str = "cpu"
    protocol: int = PROTOCOL
    timeout: float = 60.0  # seconds a task of the jail
    allow_unsafe: bool = False
    timing: bool = False
    per_gpu: int = 16
    sanitize: tuple[str, ...] = ()
    name: str = "verify"
    bench: Bench | None = None
    recapture: RecaptureService | None = None
    environments: Environments | None = None

    @classmethod
    def of(cls, config: VerifyConfig, allow_unsafe: bool, recapture: RecaptureService | None = None,
           environments: Environments | None = None) -> VerifyStage:  # fmt: skip
        fixed = (config.device, config.protocol, config.timeout, allow_unsafe, config.timing, config.per_gpu,
                 config.sanitize)  # fmt: skip
        return cls(*fixed, recapture=recapture, environments=environments)

    @property
    def suffix(self) -> str:
        return f":{self.device}:{self.protocol}"

    def todo(self, store: Store) -> Iterator[Job | LoneKernel]:
        for pair in store.unfinished(Pair, self.name, self.suffix):
            captures = list(store.records(Capture, "key = ?", (pair.capture,)))
            externs = tuple(dict.fromkeys(extern for capture in captures for extern in capture.externs))
            mode = captures[0].mode if captures else "inference"
            for program in store.records(Program, "key = ?", (pair.program,)):
                yield Job(program, pair, externs, mode, self.suffix)
        for kernel in store.unfinished(Kernel, self.name, self.suffix, LONE_KERNELS):
            yield LoneKernel(kernel, self.suffix)

    def count(self, store: Store) -> int:
        pairs = store.count_unfinished(Pair, self.name, self.suffix)
        return pairs + store.count_unfinished(Kernel, self.name, self.suffix, LONE_KERNELS)

    @contextmanager
    def resources(self) -> Iterator[object]:
        from triton_data.verify.judge import sanitizer

        sanitizer.check(self.sanitize, self.device, self.allow_unsafe)
        self.bench = open_bench(self.device, self.allow_unsafe, per_gpu=self.per_gpu, shelf=shelf_of(self.environments))
        with self.bench, self.recapture.resources() if self.recapture else nullcontext():
            yield self.bench

    def work(self, item: Job | LoneKernel) -> Iterator[Verdict | Drop]:
        assert self.bench is not None, "work() runs while the stage is held"
        if isinstance(item, Job):
            yield self._pair(item, self.bench)
        else:
            yield self._kernel(item.kernel, self.bench)

    def _packages(self, environment: str) -> str:
        return packages_of(self.environments, environment)

    def _pair(self, item: Job, bench: Bench) -> Verdict:
        from triton_data.verify.judge.pair import verify_texts

        again = self.recapture if item.pair.capture else None
        environment = item.program.environment
        found = verify_texts(
            item.program.text,
            item.pair.text,
            device=self.device,
            protocol=self.protocol,
            bench=bench.importing(self._packages(environment)),
            externs=item.externs,
            training=item.mode == "training",
            with_gradients=item.mode == "training",
            seconds=self.timeout,
            timed=self.timing,
            sanitized=self.sanitize,
            names=(item.program.entry, item.pair.entry),
            captured=bool(item.pair.capture),
            recapture=partial(again, environment=environment) if again is not None else None,
        )
        return found.verdict(item.pair.key, self.device, self.protocol, item.pair.origin)

    def _kernel(self, kernel: Kernel, bench: Bench) -> Verdict:
        from triton_data.verify.judge.kernel_alone import verify_kernel

        found = verify_kernel(
            kernel.called, kernel.launcher, kernel.name, device=self.device,
            bench=bench.importing(self._packages(kernel.environment)), seconds=self.timeout,
            guessed=kernel.inputs_from == "deduced",
        )  # fmt: skip
        return found.verdict(kernel.key, self.device, self.protocol, kernel.origin)
