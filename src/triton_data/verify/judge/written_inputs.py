"""Inputs that a kernel wrote to, where no reference says which are meant to be.

In: names of parameters, and the answer to one draw. Out: the one that looks like a mistake, or ''. One is meant where
the launcher returns no other tensor, where it returns what it wrote, or where its name says so. Not covered: a kernel
that is wrong about which of its outputs it writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from triton_data.verify.compare.answer import DrawAnswer
from triton_data.verify.wire import values

MEANT = re.compile(
    r"out|dst|dest|res|ret|buf|cache|work|scratch|lock|state|acc|grad|count|tmp|temp|partial|mask|(^|_)[oyzcd](_|$)",
    re.I,
)
MEANING_TO = re.compile(r"inplace|in_place|update|fill|copy|write|store|scatter|set_|_$", re.I)


def places(inputs: Any, parameters: Sequence[str]) -> dict[str, str]:
    """What each tensor among the inputs is called, by its number."""
    args, kwargs = inputs
    named = [(parameters[n] if n < len(parameters) else str(n), value) for n, value in enumerate(args)]
    flat = [(name, leaf) for name, value in (*named, *kwargs.items()) for _, leaf in values.leaves(value)]
    return {str(n): name for n, name in enumerate(name for name, leaf in flat if isinstance(leaf, torch.Tensor))}


def mistaken(draw: DrawAnswer, names: Mapping[str, str], entry: str) -> str:
    returned = [leaf for _, leaf in values.leaves(draw.outputs) if isinstance(leaf, torch.Tensor)]
    if not returned or MEANING_TO.search(entry):
        return ""
    for place, content in draw.mutated.items():
        name = names.get(place, place)
        given_back = any(values.equal(content, result) for result in returned)
        if content.is_floating_point() and not given_back and not MEANT.search(name):
            return name
    return ""
