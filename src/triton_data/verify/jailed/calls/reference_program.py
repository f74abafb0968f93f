"""A reference as it was loaded: fresh instances of it, and inputs for any draw.

In: a text and a question. Out: a `Reference`, or `Refused`. Runs foreign code: only in the jail. Not covered: calling
it (runner.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats.program_form import arguments
from triton_data.verify.draws.draws import Draw, redrawn
from triton_data.verify.draws.meaning import Meaning
from triton_data.verify.jailed.calls.runner import Refused, described
from triton_data.verify.jailed.meaning import arguments as arguments_
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.reference import ReferenceQuestion


@dataclass
class Reference:
    module: Any
    target: Any
    init: Any
    training: bool
    device: str
    structure: tuple[str, ...] = ()  # of the inputs' leaves
    meaning: Meaning | None = None  # in protocol 2
    call: arguments_.Change | None = None  # of what it is called with

    def fresh(self, seed: int) -> Any:
        torch.manual_seed(seed)
        return self.on_device(subject.instantiated(self.target, self.init, self.training))

    def on_device(self, value: Any) -> Any:
        if self.device == "cpu":
            return value
        if hasattr(value, "to") and not isinstance(value, torch.Tensor):
            return value.to(self.device)
        return pytree.tree_map(lambda leaf: leaf.to(self.device) if isinstance(leaf, torch.Tensor) else leaf, value)

    def inputs(self, draw: Draw) -> Any:
        return redrawn(self.plain_inputs(draw.seed), draw, self.structure, self.meaning)

    def plain_inputs(self, seed: int) -> Any:
        torch.manual_seed(seed)
        given = arguments(self.module.get_inputs())
        if self.call is not None:
            given = arguments_.again(self.call, given)
        return pytree.tree_map(_detached, given)


def loaded(text: str, question: ReferenceQuestion) -> Reference:
    torch.manual_seed(question.seed)
    try:
        module = subject.load(text, "reference")
        init = subject.arguments_of(module, "get_init_inputs")
        target = module.__dict__[question.entry]
        return Reference(module, target, init, question.training, question.device)
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, described(error)) from error


def _detached(leaf: Any) -> Any:
    return leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf
