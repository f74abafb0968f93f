"""Do the kernels of a program that a model wrote compile for a GPU that is not there? Runs in the jail.

In: the program's text; its reference, where there is one. Out: how many kernels were compiled, or what the compiler
said. With a reference the program is called with the reference's inputs, and what it launches is compiled for the
target instead of launched. Without one each kernel is compiled for types guessed from the names of its arguments.
Not covered: whether it computes the right thing (verify/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from triton_data.capture.headless.fake_gpu import triton_driver
from triton_data.capture.headless.program import build, loaded
from triton_data.evaluate.compile_conversation import CompileAnswer, CompileQuestion
from triton_data.jail.policy import Json
from triton_data.targets import find_target
from triton_data.verify.wire.record import encode, parse

_POINTER = re.compile(r"(?i:ptr|pointer)|^(x|y|z|a|b|c|q|k|v|o|w|in|out|inp|input|output|Q|V|X|Y|Out|DO|DQ|DK|DV)$")
_CONSTANT = re.compile(r"block|^[A-Z][A-Z0-9_]{2,}$|group_size|num_warps|num_stages")
_SIZE = 32  # of a block whose size nobody gave


def run(payload: Json) -> tuple[Json, list[Any]]:
    question = parse(CompileQuestion, payload)
    compiled: list[str] = []
    with (
        triton_driver(find_target(question.target)),
        _instead_of_launching(compiled),
        loaded(question.text) as candidate,
    ):
        if question.reference:
            _call(candidate, question)
        else:
            _compile_guessed(candidate)
    return encode(CompileAnswer(tuple(sorted(set(compiled))))), []


def _call(candidate: Any, question: CompileQuestion) -> None:
    import torch

    with loaded(question.reference) as reference, _all_on_cpu(), torch.no_grad():
        candidate.get_inputs = reference.get_inputs
        if hasattr(reference, "get_init_inputs"):
            candidate.get_init_inputs = reference.get_init_inputs
        built = build(candidate, question.new_entry, training=False)
        built.forward(*built.args, **built.kwargs)


# ---- compiling instead of launching ------------------------------------------------------------------------------


@contextmanager
def _instead_of_launching(compiled: list[str]) -> Iterator[None]:
    from triton.runtime.autotuner import Autotuner
    from triton.runtime.jit import JITFunction

    launch = JITFunction.run

    def compile_only(self: Any, *args: Any, grid: Any, warmup: bool = False, **kwargs: Any) -> Any:
        result = launch(self, *args, grid=grid, warmup=True, **kwargs)
        compiled.append(self.__name__)
        return result

    def first(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Every configuration would be another compilation; the first is the one that is measured first."""
        chosen = self.configs[0].all_kwargs() if self.configs else {}
        return self.fn.run(*args, **{**chosen, **kwargs})

    with mock.patch.object(JITFunction, "run", compile_only), mock.patch.object(Autotuner, "run", first):
        yield


def _compile_guessed(module: Any) -> None:
    from triton.runtime.jit import JITFunction

    for value in list(vars(module).values()):
        kernel = value
        while hasattr(kernel, "fn") and not isinstance(kernel, JITFunction):
            kernel = kernel.fn
        if isinstance(kernel, JITFunction):
            value.run(*map(_guess, kernel.params), grid=(1,), warmup=True)


def _guess(parameter: Any) -> Any:
    import torch
    from triton.runtime.jit import MockTensor

    if parameter.is_constexpr or _CONSTANT.search(parameter.name):
        return parameter.default if parameter.has_default else _SIZE
    return MockTensor(torch.float32) if _POINTER.search(parameter.name) else 1024


# ---- no GPU ------------------------------------------------------------------------------------------------------


@contextmanager
def _all_on_cpu() -> Iterator[None]:
    """'cuda' means the CPU here, and a tensor says that it is on the GPU."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Moved(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is torch.Tensor.cuda:
                return args[0]
            moved = [_on_cpu(value) for value in args]
            return func(*moved, **{name: _on_cpu(value) for name, value in (kwargs or {}).items()})

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(torch.Tensor, "is_cuda", True))
        for name, answer in (("is_available", True), ("current_device", 0), ("synchronize", None)):
            stack.enter_context(mock.patch.object(torch.cuda, name, lambda *_, answer=answer: answer))
        stack.enter_context(Moved())
        yield


def _on_cpu(value: Any) -> Any:
    import torch

    if isinstance(value, str) and value.startswith("cuda"):
        return "cpu"
    return torch.device("cpu") if isinstance(value, torch.device) and value.type == "cuda" else value
