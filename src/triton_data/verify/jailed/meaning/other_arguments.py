"""A reference with other arguments than given, one a parameter: those with which it runs and gives something else.

In: a reference, and how it is reported on. Out: reports and their tensors. Runs foreign code: only in the jail. Not
covered: which values are tried (arguments.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import module_state
from triton_data.verify.jailed.calls.reference_program import Reference
from triton_data.verify.jailed.calls.runner import Refused
from triton_data.verify.jailed.meaning import admissible
from triton_data.verify.jailed.meaning import arguments as arguments_
from triton_data.verify.wire import values
from triton_data.verify.wire.reference import ReferenceQuestion, ReferenceReport

ReportOf = Callable[[Reference, ReferenceQuestion, list[torch.Tensor]], ReferenceReport]


def reports(
    reference: Reference, question: ReferenceQuestion, report_of: ReportOf
) -> Iterator[tuple[ReferenceReport, list[torch.Tensor]]]:
    """One a parameter, three of a number, where the reference runs with it and gives something else."""
    given = Draw("given", question.seed)
    usual = _outputs_of(reference, given)
    known: Counter[str] = Counter()
    for change in arguments_.changes(reference.target, reference.init, reference.plain_inputs(question.seed)):
        name = change.said.partition("=")[0]
        if question.flags and not isinstance(change.value, bool | str):
            continue
        if known[name] >= _most(change) or known.total() >= question.arguments:
            continue
        other, outputs = _called(reference, replace(change, mark=None), given)
        if outputs is None and change.mark is not None:  # what is a label otherwise must no more stand in the inputs
            other, outputs = _called(reference, change, given)
        tensors = list[torch.Tensor]()
        if outputs is None or usual is None or _alike(usual, outputs) or _is_size(reference, other, change, given):
            continue
        try:
            report = report_of(other, question, tensors)
        except Refused:
            continue
        known[name] += 1
        yield replace(report, tensors=len(tensors), changed=change.said), tensors


def _called(reference: Reference, change: arguments_.Change, given: Draw) -> tuple[Reference, list[Any] | None]:
    other = replace(reference, call=change, init=change.arguments if change.of_init else reference.init)
    return other, _outputs_of(other, given)


def _most(change: arguments_.Change) -> int:
    return 3 if isinstance(change.value, float) else 1


def _is_size(reference: Reference, other: Reference, change: arguments_.Change, given: Draw) -> bool:
    """A number that weights are as large as: the inputs' sizes belong to it. Two is no size: many axes are as long."""
    if not change.of_init or type(change.value) is not int or arguments_.COUNTS.search(change.name):
        return False
    leaves = pytree.tree_leaves(reference.inputs(given))
    old = _value_of(change, reference.init)
    if old != 2 and any(old in leaf.shape for leaf in leaves if isinstance(leaf, torch.Tensor)):
        return True
    sizes = [[t.shape for t in module_state.of(one.fresh(given.seed)).values()] for one in (reference, other)]
    return sizes[0] != sizes[1]


def _value_of(change: arguments_.Change, init: Any) -> Any:
    """What was given there."""
    args, kwargs = init
    return args[change.place] if change.place < len(args) else kwargs.get(change.name)


def _outputs_of(reference: Reference, given: Draw) -> list[Any] | None:
    try:
        with admissible.patience():
            args = reference.on_device(reference.inputs(given))
            instance = reference.fresh(given.seed)
            module_state.vary(instance, given.seed)  # as they are at first, a norm's weights do nothing
            leaves: list[Any] = pytree.tree_leaves(instance(*args[0], **args[1]))
            return leaves
    except (Exception, admissible.TooSlow):  # noqa: BLE001  it does not take these
        return None


def _alike(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(values.alike(x, y) for x, y in zip(a, b, strict=True))
