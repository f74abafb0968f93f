"""A program's graph, seen from its tensors: what two texts share that spell the same computation differently, and where
spelling does not show. Runs in the jail.

In: a Program in KernelBench's form. Out: a hash and the ATen operators in order, the same again in one spelling of
the mathematics (algebra.py), and what comes out on numbers (observed.py). Shapes are real but no memory is touched
(fake tensors), so problems of any size are traced. Numbers among the arguments do not count, except in a graph of one
or two operators, which would say too little without them.
"""

from __future__ import annotations

import types
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from triton_data.curate.benchmarks import algebra, lowering, observed
from triton_data.curate.benchmarks.plainly import as_module, plain
from triton_data.curate.benchmarks.recorder import LONGEST, Recorder
from triton_data.curate.benchmarks.weighed import Weigher
from triton_data.curate.benchmarks.written import packed
from triton_data.formats.program_form import arguments
from triton_data.records import digest

FEW = 3  # operators from which on a graph says enough by itself
WEIGHTY = 4  # so for an expression: a layer of a network and more


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    text, entry = str(payload["text"]), str(payload["entry"])
    recorder = Recorder()
    try:
        result, tensors = _followed(text, entry, recorder)
    except Exception:  # it asks for values: what it gives for some may be known all the same
        seen = observed.packed([text] if recorder.quick and recorder.operators else [], entry)
        if not seen:
            raise
        return _answer(Recorder(), None, []) | {"observed": seen}, []
    answer = _answer(recorder, result, tensors)
    leaves = [leaf for leaf in torch.utils._pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]
    roots = [recorder.expression(leaf) for leaf in leaves]
    heavy = len(recorder.operators) if algebra.CONST in roots else algebra.weight(algebra.nodes(roots))
    return answer | {"observed": observed.packed(_texts(text, entry, recorder, heavy), entry)}, []


def _followed(text: str, entry: str, recorder: Recorder | Weigher) -> tuple[Any, list[torch.Tensor]]:
    module = types.ModuleType("program")
    torch.manual_seed(0)
    with plain(), as_module("program", module), FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad(), recorder:
        exec(compile(text, "program.py", "exec"), module.__dict__)
        made = getattr(module, entry)
        if isinstance(made, type):
            given, named = arguments(module.get_init_inputs()) if hasattr(module, "get_init_inputs") else ((), {})
            made = made(*given, **named).eval()
        given, named = arguments(module.get_inputs())
        tensors = [t for t in torch.utils._pytree.tree_leaves((given, named)) if isinstance(t, torch.Tensor)]
        if isinstance(recorder, Recorder):
            recorder.begin(tensors)
        return made(*given, **named), tensors


def _texts(text: str, entry: str, recorder: Recorder, heavy: int) -> list[str]:
    """Of these numbers are wanted. What computes little is like much else at other sizes; what draws gives others."""
    if not recorder.operators or any(name in lowering.RANDOM for name in recorder.operators):
        return []
    small = observed.collapsed(text) if heavy >= WEIGHTY else ""
    return [each for each in (small,) if each and _is_quick(each, entry)] + [text] * recorder.quick


def _is_quick(text: str, entry: str) -> bool:
    weigher = Weigher()
    try:
        _followed(text, entry, weigher)
    except (Exception, SystemExit):  # noqa: BLE001 - at its own sizes it did run
        return False
    return weigher.quick


def _answer(recorder: Recorder, result: Any, tensors: list[torch.Tensor]) -> dict[str, Any]:
    leaves = [leaf for leaf in torch.utils._pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]
    histories = [recorder.of(leaf) for leaf in leaves]
    if not recorder.operators or not leaves:
        return {"graph": "", "operators": [], "expression": "", "written": ""}
    shapes = [str(tuple(t.shape)) for t in (*tensors, *leaves)]
    little = len(recorder.operators) < FEW
    numbers = [*shapes, *recorder.numbers] if little else []
    roots = [] if len(recorder.operators) > LONGEST else [recorder.expression(leaf) for leaf in leaves]
    return {
        "graph": digest("graph", *histories, *numbers), "operators": recorder.operators[:LONGEST],
        "expression": _expression(roots, shapes), "written": packed(roots),
    }  # fmt: skip


def _expression(roots: list[algebra.Node], shapes: list[str]) -> str:
    """Of little, the shapes as well; '' where there is too little even so."""
    if not roots or algebra.CONST in roots:
        return ""
    heavy = algebra.weight(algebra.nodes(roots))
    if heavy < 1:
        return ""
    return digest("expression", algebra.fingerprint(roots), *(shapes if heavy < WEIGHTY else ()))


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


def warm() -> None:
    """What the first program under fake tensors makes torch load and build, once for all of them."""
    run({"text": _WARMING, "entry": "Net"})
