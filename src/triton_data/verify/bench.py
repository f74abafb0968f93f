"""Where a judge's tasks run: a jail with the interpreter and one with the compiler beside it, or one with the GPUs.

In: a device. Out: a `Bench` that crosses to worker processes as its jails' addresses. Triton is interpreted or compiled
for the whole of a process, from its import on, so the CPU needs two. Not covered: what a task does (candidate.py,
compiling.py).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from triton_data.errors import Misuse
from triton_data.jail import RUN, Jail, Outcome, Policy, Task

DEVICES = ("cpu", "cuda")
PRELOAD = ("torch", "triton", "numpy", "triton_data.verify.candidate", "triton_data.verify.reference")
INDUCTOR = ("torch._inductor.runtime.triton_heuristics", "torch._inductor.select_algorithm")
SAME = {"TRITON_F32_DEFAULT": "ieee"}  # what a kernel leaves open is not held against it


@dataclass
class Bench(AbstractContextManager["Bench"]):
    """`with open_bench() as bench: verify_texts(…, bench=bench)`."""

    jail: Jail
    compiler: Jail | None = None  # on a CPU

    def __enter__(self) -> Bench:
        jails = [self.jail, *([self.compiler] if self.compiler else [])]
        try:
            with ThreadPoolExecutor(len(jails)) as pool:  # each is mostly its own process importing torch
                list(pool.map(Jail.__enter__, jails))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.jail.close()
        if self.compiler is not None:
            self.compiler.close()

    @property
    def layers(self) -> tuple[str, ...]:
        return self.jail.layers

    def run(self, task: Task, policy: Policy = RUN) -> Outcome:
        return self.jail.run(task, policy)


def open_bench(device: str = "cpu", allow_unsafe: bool = False, inductor: bool = False) -> Bench:
    """Zygotes with everything that tasks need ready; `with` starts and ends them. With `inductor` they also have what
    TorchInductor's own output imports, which takes each task a second otherwise."""
    if device not in DEVICES:
        raise Misuse(f"unknown device {device!r}: cpu or cuda")
    if device == "cuda":
        warm = "triton_data.verify.cuda.machine:warm"
        return Bench(Jail((*PRELOAD, "torch._dynamo"), warm=warm, env=SAME, allow_unsafe=allow_unsafe, gpu=True))
    interpreted = Jail(
        (*PRELOAD, *INDUCTOR) if inductor else PRELOAD,
        warm="triton_data.verify.interpreter.install:warm",
        env={**SAME, "TRITON_INTERPRET": "1"},
        allow_unsafe=allow_unsafe,
    )
    compiling = ("torch", "triton", "triton_data.verify.compiling", *(INDUCTOR if inductor else ()))
    warm = "triton_data.verify.compiling:warm"
    return Bench(interpreted, Jail(compiling, warm=warm, env=SAME, allow_unsafe=allow_unsafe))
