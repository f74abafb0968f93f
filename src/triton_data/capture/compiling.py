"""Kernels through Triton's compiler in the jail: ptxas is its child process, and a kernel's text is foreign.

In: the kernels of a Capture, a target, levels. Out: in their order a `Compiled` or a Drop each. What the jail answers
is a claim: names are ours, all else is checked for its type. Not covered: the compiler itself (compile_check.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from triton_data.capture.compile_check import Compiled, from_json
from triton_data.jail import COMPILE, Jail, Task
from triton_data.records import Drop, InductorKernel

BATCH = 8  # kernels a task: forking costs as much as compiling a small one
SECONDS = 30.0  # a kernel
PRELOAD = ("torch", "torch._inductor.runtime.triton_heuristics", "triton_data.capture.headless.fake_gpu")


class Compiler:
    """`with Compiler() as compiler: compiler.compile(kernels, "sm_90", ("ptx",))`."""

    def __init__(self, jobs: int | None = None, allow_unsafe: bool = False) -> None:
        self._jail = Jail(PRELOAD, allow_unsafe=allow_unsafe)
        self._pool = ThreadPoolExecutor(jobs)

    def __enter__(self) -> Compiler:
        self._jail.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._jail.close()

    def compile(
        self, kernels: Sequence[InductorKernel], target: str, levels: tuple[str, ...] = ()
    ) -> Iterator[Compiled | Drop]:
        batches = [kernels[start : start + BATCH] for start in range(0, len(kernels), BATCH)]
        for results in self._pool.map(lambda batch: self._batch(batch, target, levels), batches):
            yield from results

    def _batch(self, kernels: Sequence[InductorKernel], target: str, levels: tuple[str, ...]) -> list[Compiled | Drop]:
        texts = [{"name": kernel.name, "text": kernel.text} for kernel in kernels]
        task = Task(
            entry="triton_data.capture.compile_check:compile_kernels",
            payload={"kernels": texts, "target": target, "levels": list(levels)},
        )
        seconds = SECONDS * len(kernels)
        outcome = self._jail.run(task, replace(COMPILE, wall_s=seconds, cpu_s=int(seconds)))
        if not outcome.ok:
            return [outcome.drop(kernel.name) for kernel in kernels]
        if not isinstance(outcome.value, list) or len(outcome.value) != len(kernels):
            return [Drop("bad_result", "not one answer a kernel", kernel.name) for kernel in kernels]
        return [
            from_json(answer, kernel.name, target, levels)
            for kernel, answer in zip(kernels, outcome.value, strict=True)
        ]
