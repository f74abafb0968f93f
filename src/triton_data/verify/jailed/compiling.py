"""Do a candidate's kernels compile? Asked on machines without a GPU, where they are interpreted and nobody would see.

In: the questions that the candidate was asked. Out: the kernels that were compiled for the target, with what each uses
of it, or what the compiler said. The candidate is called as usual, but a launch compiles and starts nothing, so its
numbers mean nothing, and whatever else it raises says nothing. Runs foreign code: only in the jail. Not covered: other
targets, and all configurations of an autotune list but the first that fits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
from triton.runtime import autotuner, jit
from triton.runtime.errors import OutOfResources

from triton_data.formats.cubin import usage
from triton_data.jail.policy import Json
from triton_data.targets import find_target
from triton_data.verify.bench.bench import COMPILED_FOR
from triton_data.verify.jailed import cuda_on_cpu, gradients, inductor_names, tuning_turns
from triton_data.verify.jailed.load_candidate import Loaded, instance_of
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.compiling import CompileAnswer, CompileQuestion
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.task import question_in


class Compiler:
    """The machine of candidate.py, as far as loading a candidate asks for one."""

    def __init__(self) -> None:
        cuda_on_cpu.install()
        inductor_names.install(on_cpu=True)
        self.limit = find_target(COMPILED_FOR).shared_memory_per_block_optin
        self.compiled: dict[str, tuple[int, int, int]] = {}  # name -> registers, local and shared bytes at most
        self.refusal: tuple[str, BaseException] | None = None  # the last one; an autotuner may pass over it
        self._launch, self._tune = jit.JITFunction.run, autotuner.Autotuner.run

    def on_device(self, instance: Any) -> Any:
        return instance

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        machine = self

        def run(function: Any, *args: Any, grid: Any, warmup: bool = False, **kwargs: Any) -> Any:
            return machine.compile(function, args, kwargs, grid)

        def tuned(tuner: Any, *args: Any, **kwargs: Any) -> Any:
            return tuning_turns.tuned(tuner, args, kwargs, 0)

        with cuda_on_cpu.redirected(), mock.patch.object(jit.JITFunction, "run", run):
            with mock.patch.object(autotuner.Autotuner, "run", tuned):
                yield

    def compile(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], grid: Any) -> Any:
        name = function.fn.__name__
        try:
            kernel = self._launch(function, *args, grid=grid, warmup=True, **kwargs)
            if (needed := int(getattr(kernel.metadata, "shared", 0))) > self.limit:
                raise OutOfResources(needed, self.limit, "shared memory")
        except OSError:  # the compiler's own files, not what it compiles
            raise
        except Exception as error:
            self.refusal = name, error
            raise
        used = usage(kernel.asm["cubin"]) if "cubin" in kernel.asm else None
        facts = (used.registers, used.local, needed) if used else (0, 0, needed)
        known = self.compiled.get(name, facts)
        self.compiled[name] = (max(known[0], facts[0]), max(known[1], facts[1]), max(known[2], facts[2]))
        return kernel


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    machine, refusal, call_error = Compiler(), "", ""
    for part in question_in(CompileQuestion, payload).parts:
        report = Loaded()
        try:
            with torch.no_grad(), machine.ready():
                _call(part, machine, report)
        except Exception as error:  # noqa: BLE001  whatever foreign code raises is its result
            if machine.refusal is not None and error is machine.refusal[1]:
                refusal = refusal or f"{machine.refusal[0]}: {_shortened(error)}"
            else:
                call_error = _shortened(error)
        call_error = call_error or (report.failure.error if report.failure is not None else "")
    return encode(CompileAnswer(tuple(_described(machine.compiled)), refusal, call_error)), []


def _described(compiled: dict[str, tuple[int, int, int]]) -> Iterator[str]:
    for name, (registers, local, shared) in sorted(compiled.items()):
        facts = [f"{registers} registers"] if registers else []
        facts += [f"{local} bytes of local memory"] if local else []
        facts += [f"{shared} of shared"] if shared else []
        yield f"{name} ({', '.join(facts)})" if facts else name


def _call(part: CandidateQuestion, machine: Compiler, report: Loaded) -> None:
    given = [values.unpacked_tensor(tensor) for tensor in part.tensors]
    instance = instance_of(part, given, report, machine)
    if instance is None:
        return
    draw = part.draws[0]
    args, kwargs = inputs = values.unpack(draw.inputs, given)
    if part.gradients is None:
        instance(*args, **kwargs)
    else:
        gradients.call(instance, inputs, draw.seed)


def _shortened(error: BaseException) -> str:
    """The compiler shows the source first and says at the end what is wrong with it."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message if len(message) < 400 else '… ' + message[-300:]}"


def warm() -> None:
    """What every task would do again: hash the compiler, find the assembler, and load what torch loads late."""
    from triton.backends.nvidia import compiler
    from triton.runtime import cache

    cuda_on_cpu.warm()
    cache.triton_key()
    with contextlib.suppress(Exception):  # it depends on the version, and is only a saving
        compiler.get_ptxas_version(find_target(COMPILED_FOR).arch)
