"""The graph that a program's tensors go through, hashed so that spelling does not show. Runs in the jail.

In: a Program in KernelBench's form. Out: a hash and the ATen operators in order. Shapes are real but no memory is
touched (fake tensors), so problems of any size are traced. Numbers among the arguments do not count, except in a graph
of one or two operators, which would say too little without them. Not covered: code that asks a tensor for its values.
"""

from __future__ import annotations

import types
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from triton_data.formats.program_form import arguments
from triton_data.records import digest

FEW = 3  # operators from which on a graph says enough by itself
_SAME = {
    "view", "_unsafe_view", "reshape", "expand", "unsqueeze", "squeeze", "detach", "alias", "clone", "lift_fresh",
    "_to_copy", "contiguous", "_reshape_alias",
}  # fmt: skip
_COMMUTES = {"add", "mul", "maximum", "minimum"}
_MADE = {"empty", "zeros", "ones", "full", "arange", "rand", "randn", "randint", "scalar_tensor", "empty_like"}


class Recorder(TorchDispatchMode):  # type: ignore[misc]
    """Every tensor's history as one hash of the operator that made it and the histories of its operands."""

    def __init__(self, inputs: list[torch.Tensor]) -> None:
        super().__init__()
        self.kept: list[Any] = list(inputs)  # so that no id is given away twice
        self.history = {id(tensor): "input" for tensor in inputs}
        self.operators: list[str] = []
        self.numbers: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func.namespace != "aten":  # questions about a tensor, such as prim.device
            return result
        name = func.overloadpacket.__name__.rstrip("_")
        flat = torch.utils._pytree.tree_leaves((args, kwargs or {}))
        operands = [self.of(value) for value in flat if isinstance(value, torch.Tensor)]
        made = operands[0] if name in _SAME and operands else self._made(name, operands, flat)
        for place, tensor in enumerate(torch.utils._pytree.tree_leaves(result)):
            if isinstance(tensor, torch.Tensor):
                self.kept.append(tensor)
                self.history[id(tensor)] = f"{made}#{place}" if place else made
        return result

    def of(self, tensor: torch.Tensor) -> str:
        return self.history.get(id(tensor), "parameter")

    def _made(self, name: str, operands: list[str], flat: list[Any]) -> str:
        if name in _MADE:
            return "made"
        if name == "addmm":  # x @ w + b, written in one call or in two
            self.operators += ["mm", "add"]
            return digest("add", *sorted((digest("mm", *operands[1:]), operands[0])))
        self.operators.append(name)
        self.numbers += [repr(value) for value in flat if isinstance(value, bool | int | float)]
        return digest(name, *(sorted(operands) if name in _COMMUTES else operands))


_WARMING = """
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.GELU())

    def forward(self, x):
        return torch.softmax(self.inner(x), -1).sum()


def get_inputs():
    return [torch.randn(2, 4)]
"""


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    module = types.ModuleType("program")
    torch.manual_seed(0)
    with FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad():
        exec(compile(payload["text"], "program.py", "exec"), module.__dict__)
        entry = getattr(module, payload["entry"])
        if isinstance(entry, type):
            made, named = arguments(module.get_init_inputs()) if hasattr(module, "get_init_inputs") else ((), {})
            entry = entry(*made, **named).eval()
        given, named = arguments(module.get_inputs())
        tensors = [t for t in torch.utils._pytree.tree_leaves((given, named)) if isinstance(t, torch.Tensor)]
        with Recorder(tensors) as recorder:
            result = entry(*given, **named)
    return _answer(recorder, result, tensors), []


def _answer(recorder: Recorder, result: Any, tensors: list[torch.Tensor]) -> dict[str, Any]:
    leaves = [leaf for leaf in torch.utils._pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]
    histories = [recorder.of(leaf) for leaf in leaves]
    if not recorder.operators or not leaves:
        return {"graph": "", "operators": []}
    little = len(recorder.operators) < FEW
    shapes = [*(str(tuple(t.shape)) for t in (*tensors, *leaves)), *recorder.numbers] if little else []
    return {"graph": digest("graph", *histories, *shapes), "operators": recorder.operators[:2000]}


def warm() -> None:
    """What the first program under fake tensors makes torch load and build, once for all of them."""
    run({"text": _WARMING, "entry": "Net"})
