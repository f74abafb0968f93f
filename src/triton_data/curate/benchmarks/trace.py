"""A program's graph, seen from its tensors: what two texts share that spell the same computation differently, and where
spelling does not show. Runs in the jail.

In: a Program in KernelBench's form. Out: a hash and the ATen operators in order, the same again in one spelling of
the mathematics (algebra.py), and what comes out on numbers (observed.py). Shapes are real but no memory is touched
(fake tensors), so problems of any size are traced. Numbers among the arguments do not count, except in a graph of one
or two operators, which would say too little without them.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from triton_data.curate.benchmarks import algebra, canonical, lowering, observed
from triton_data.curate.benchmarks.plainly import as_module, plain
from triton_data.curate.benchmarks.recorder import LONGEST, Recorder, TooLong
from triton_data.curate.benchmarks.weighed import Weigher
from triton_data.curate.benchmarks.written import packed
from triton_data.formats.program_form import arguments
from triton_data.records import digest

FEW = 3  # operators from which on a graph says enough by itself
WEIGHTY = 4  # so for an expression: a layer of a network and more
_NOTHING: dict[str, Any] = {"graph": "", "operators": [], "expression": "", "written": ""}


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """`every`: numbers at all sizes that can be had, as of a benchmark's problem, not at one."""
    text, entry = str(payload["text"]), str(payload["entry"])
    recorder, answer, heavy = Recorder(), _NOTHING, 0
    failure: Exception | None = None
    try:
        result, _ = _followed(text, entry, recorder)
        leaves = [leaf for leaf in torch.utils._pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        roots = [recorder.expression(leaf) for leaf in leaves]
        heavy = len(recorder.operators) if algebra.CONST in roots else algebra.weight(algebra.nodes(roots))
        answer = _answer(recorder, leaves, roots)
    except Exception as error:  # noqa: BLE001 - it asks for values: what it gives for some may be known all the same
        failure = error
    found = observed.Sizes(canonical.keyed(recorder.inputs), heavy < WEIGHTY, bool(payload.get("every")))
    texts = _texts(text, entry, recorder, failure) if not _draws(recorder) else ()
    seen = observed.packed(texts, entry, found)
    if failure is not None and not seen:
        raise failure
    return answer | {"observed": seen}, []


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


def _draws(recorder: Recorder) -> bool:
    return any(name in lowering.RANDOM for name in recorder.operators)


def _texts(text: str, entry: str, recorder: Recorder, failure: Exception | None) -> Iterator[str]:
    """The program at sizes that are quickly run, those first at which it meets most others."""
    small, smallest = (observed.collapsed(text, above, to) for above, to in observed.COLLAPSED)
    is_quick = recorder.quick and bool(recorder.operators) and not isinstance(failure, TooLong)
    small_is_quick = bool(small) and _is_quick(small, entry)
    yield from [small] * small_is_quick + [text] * is_quick
    if not (is_quick or small_is_quick) and smallest not in ("", small) and _is_quick(smallest, entry):
        yield smallest


def _is_quick(text: str, entry: str) -> bool:
    weigher = Weigher()
    try:
        _followed(text, entry, weigher)
    except (Exception, SystemExit):  # noqa: BLE001 - at its own sizes it did run
        return False
    return weigher.quick


def _answer(recorder: Recorder, leaves: list[torch.Tensor], roots: list[algebra.Node]) -> dict[str, Any]:
    histories = [recorder.of(leaf) for leaf in leaves]
    if not recorder.operators or not leaves:
        return _NOTHING
    shapes = [str(tuple(t.shape)) for t in (*recorder.inputs, *leaves)]
    little = len(recorder.operators) < FEW
    numbers = [*shapes, *recorder.numbers] if little else []
    roots = roots if len(recorder.operators) <= LONGEST else []
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
