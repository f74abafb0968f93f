"""Where a judge's tasks run: a jail with the interpreter and one with the compiler beside it, or one with the GPUs.

In: a device. Out: a `Bench` that crosses to worker processes as its jails' addresses. Triton is interpreted or compiled
for the whole of a process, from its import on, so the CPU needs two. A GPU on which a task failed is asked whether it
still answers; one that does not gets no more tasks, and what was tried on it has proved nothing. Not covered: what a
task does (jailed/candidate.py, jailed/compiling.py), and which GPU is free (devices.py).
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.jail import GPU, RUN, Jail, Outcome, Policy, Task
from triton_data.verify.bench.devices import Devices
from triton_data.verify.wire.task import on_gpu, task_of

DEVICES = ("cpu", "cuda")
PRELOAD = ("torch", "triton", "numpy", "triton_data.verify.jailed.candidate", "triton_data.verify.jailed.reference")
DYNAMO = ("torch._dynamo",)
INDUCTOR = ("torch._inductor.runtime.triton_heuristics", "torch._inductor.select_algorithm")
SAME = {"TRITON_F32_DEFAULT": "ieee"}  # what a kernel leaves open is not held against it
COMPILED_FOR = "sm_90"  # what the compiler beside the interpreter is asked for
PER_GPU = 16  # tasks at a time: opening a GPU takes most of one, and they share its memory
OPENS = 120.0  # seconds in which a GPU must answer; sixteen at once take fifteen
SUSPICIOUS = ("timeout", "signal", "exit", "error", "lost")  # ends after which a GPU is asked whether it answers


class DeviceLost(Outcome):
    """The GPU does not answer any more after this task."""


@dataclass
class Bench(AbstractContextManager["Bench"]):
    """`with open_bench() as bench: verify_texts(…, bench=bench)`."""

    jail: Jail
    compiler: Jail | None = None  # on a CPU
    per_gpu: int = 0  # on CUDA
    devices: Devices | None = None
    layers: tuple[str, ...] = ()
    packages: str = ""  # a folder that tasks can import from besides
    single: bool = False  # for one verdict: the compiler loads while the interpreter works
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Bench:
        jails = [self.jail, *([self.compiler] if self.compiler else [])]
        for jail in jails:
            self._opened.callback(jail.close)
        try:
            if self.single:
                self.jail.start()
                if self.compiler:
                    self.compiler.launch()
            else:
                with ThreadPoolExecutor(len(jails)) as pool:  # each is mostly its own process importing torch
                    list(pool.map(Jail.start, jails))
            self.layers = self.jail.layers
            self.devices = self._found() if self.per_gpu else None
        except BaseException:
            self._opened.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def __reduce__(self) -> tuple[object, ...]:
        return Bench, (self.jail, self.compiler, self.per_gpu, self.devices, self.layers, self.packages)

    def importing(self, packages: str) -> Bench:
        """The same jails, for texts that need what was installed for them."""
        return replace(self, packages=packages)

    def run(self, task: Task, policy: Policy = RUN, exclusive: bool = False) -> Outcome:
        """`exclusive`: nothing else of ours runs on its GPU meanwhile."""
        policy = replace(policy, packages=self.packages)
        if not policy.devices or self.devices is None:
            return self.jail.run(task, policy)
        with self.devices.place(exclusive) as gpu:
            outcome = self.jail.run(on_gpu(task, gpu), policy)
        if outcome.status not in SUSPICIOUS or self._answers(gpu):
            return outcome
        self.devices.leave_out(gpu, outcome.reason)
        reason = f"the GPU does not answer any more (number {gpu}, after {outcome.reason})"
        return DeviceLost("lost", reason, outcome.facts)

    def compile(self, task: Task, policy: Policy) -> Outcome:
        assert self.compiler is not None, "on a CPU only"
        self.compiler.ready()
        return self.compiler.run(task, replace(policy, packages=self.packages))

    def _found(self) -> Devices:
        outcome = self.jail.run(task_of("triton_data.verify.jailed.cuda.chosen:names"), GPU)
        if not outcome.ok or not isinstance(outcome.value, list) or not outcome.value:
            raise Misuse(f"no GPU that torch can use is here ({outcome.reason or 'torch sees none'}): try --device cpu")
        folder = self._opened.enter_context(tempfile.TemporaryDirectory(prefix="triton-data-gpus-"))
        return Devices(Path(folder), len(outcome.value), self.per_gpu)

    def _answers(self, gpu: int) -> bool:
        task = on_gpu(task_of("triton_data.verify.jailed.cuda.chosen:answers"), gpu)
        return self.jail.run(task, replace(GPU, wall_s=OPENS)).ok


def open_bench(
    device: str = "cpu", allow_unsafe: bool = False, inductor: bool = False, per_gpu: int = PER_GPU,
    shelf: str | Path = "", single: bool = False,
) -> Bench:  # fmt: skip
    """Zygotes with everything that tasks need ready; `with` starts and ends them. With `inductor` they also have what
    TorchInductor's own output imports, which takes each task a second otherwise; a `single` verdict's have not what few
    tasks ask for, Dynamo, which takes as long to load as torch. `shelf` is as a Jail's."""
    if device not in DEVICES:
        raise Misuse(f"unknown device {device!r}: cpu or cuda")
    if device == "cuda":
        warm = "triton_data.verify.jailed.cuda.machine:warm"
        jail = Jail((*PRELOAD, *DYNAMO), warm=warm, env=SAME, allow_unsafe=allow_unsafe, gpu=True, shelf=shelf)
        return Bench(jail, per_gpu=per_gpu)
    late = () if single else (*DYNAMO, *(INDUCTOR if inductor else ()))
    interpreted = Jail(
        (*PRELOAD, *late),
        warm="triton_data.verify.jailed.interpreter.install:warm",
        env={**SAME, "TRITON_INTERPRET": "1"},
        allow_unsafe=allow_unsafe,
        shelf=shelf,
    )
    compiling = ("torch", "triton", "triton_data.verify.jailed.compiling", *late)
    warm = "triton_data.verify.jailed.compiling:warm"
    compiler = Jail(compiling, warm=warm, env=SAME, allow_unsafe=allow_unsafe, shelf=shelf)
    return Bench(interpreted, compiler, single=single)
