"""What the jail runs for a candidate whose inputs are too large to be made: its launches at the sizes given.

In: both texts. Nothing has memory: inputs are on torch's meta device, an address is a number, a load gives zeros, and
of each launch the programs at the corners of the grid are run. Out: a grid that CUDA does not launch, a block that is
too large, or an address outside of its tensor, as an offset has that overflows 32 bits; else why nothing can be said.
Runs foreign code: only in the jail. Not covered: any number, and programs that are not at a corner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch.overrides import TorchFunctionMode
from triton.runtime import interpreter

from triton_data.formats import on_cpu
from triton_data.jail.policy import Json
from triton_data.verify.jailed import cuda_on_cpu, inductor_names
from triton_data.verify.jailed.interpreter import execute
from triton_data.verify.jailed.interpreter.memory import Allocation, Memory
from triton_data.verify.jailed.meaning.admissible import TooSlow, patience
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.given_size import GivenSizeAnswer, GivenSizeQuestion
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.task import question_in

META = torch.device("meta")
SECONDS = 10.0  # of CPU time
FIRST, APART = 1 << 44, 1 << 40  # addresses, and how far two tensors are
NOTHING = np.empty(0, np.uint8)
TOO_MANY = "exceeds triton maximum tensor numel"


@dataclass
class Pretended(Memory):
    """Storages that have addresses and sizes, and nothing else."""

    known: dict[int, Allocation] = field(default_factory=dict)

    def of(self, tensor: torch.Tensor) -> Allocation:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.known:
            start = FIRST + APART * len(self.known)
            made = Allocation(storage, start, storage.nbytes(), tensor.element_size(), NOTHING, NOTHING, None)
            self.known[storage._cdata] = made
        return self.known[storage._cdata]

    def address(self, tensor: Any) -> int:
        return self.of(tensor).start + int(tensor.storage_offset()) * int(tensor.element_size())

    def find(self, address: int) -> Allocation | None:
        return next((one for one in self.known.values() if one.start <= address < one.end), None)


class _Nowhere(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        return on_cpu.called(func, args, kwargs, META)


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    question = question_in(GivenSizeQuestion, payload)
    cuda_on_cpu.install()
    inductor_names.install(on_cpu=True)
    del torch.Tensor.device  # the stand-in's: torch's own functions for meta tensors ask it where to put results
    memory = Pretended()
    try:
        with patience(SECONDS), _pretending(memory):
            _call(question)
        answer = GivenSizeAnswer()
    except TooSlow:
        answer = GivenSizeAnswer(unknown="it takes too long")
    except Exception as error:  # noqa: BLE001  much of what runs with memory does not without
        answer = _read(memory, error)
    return encode(answer), []


def _read(memory: Pretended, error: BaseException) -> GivenSizeAnswer:
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    if memory.faults:
        reason, detail = memory.faults[0]
        return GivenSizeAnswer(Reason(reason), detail)
    if isinstance(error, execute.GridTooLarge):
        return GivenSizeAnswer(Reason.CRASH, said)
    if TOO_MANY in str(error) or TOO_MANY in str(error.__cause__):
        return GivenSizeAnswer(Reason.NOT_COMPILED, f"a block of it {TOO_MANY}")
    return GivenSizeAnswer(unknown=said)


def _pretending(memory: Pretended) -> Any:
    checked = interpreter.interpreter_builder
    execute.LAUNCHES.begin(memory, 0, False, True)
    checked.untouched = True
    return mock.patch.object(interpreter.GridExecutor, "__call__", execute.at_corners)


def _call(question: GivenSizeQuestion) -> None:
    with META, torch.no_grad(), _Nowhere(), on_cpu.Mapped(META):
        torch.manual_seed(question.seed)
        reference = subject.load(question.reference, "reference")
        init = subject.arguments_of(reference, "get_init_inputs")
        args, kwargs = subject.arguments_of(reference, "get_inputs")
        candidate = subject.load(question.candidate, "candidate")
        instance = subject.instantiated(candidate.__dict__[question.new_entry], init, question.training)
        instance(*args, **kwargs)
