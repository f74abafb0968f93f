"""Inputs that a kernel wrote to, where no reference says which are meant to be.

In: names of parameters, and one answered draw. Out: the one that looks like a mistake, or ''. One is meant where the
launcher returns no other tensor, where it returns what it wrote, or where its name says so. Not covered: a kernel that
is wrong about which of its outputs it writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from triton_data.verify.wire import values

MEANT = re.compile(
    r"out|dst|dest|res|ret|buf|cache|work|scratch|lock|state|acc|grad|count|tmp|temp|partial|mask|(^|_)[oyzcd](_|$)",
    re.I,
)
MEANING_TO = re.compile(r"inplace|in_place|update|fill|copy|write|store|scatter|set_|_$", re.I)


def places(inputs: Any, parameters: Sequence[str]) -> list[str]:
    """What each tensor among the inputs is called, in the order in which they are counted."""
    args, kwargs = inputs
    named = [(parameters[n] if n < len(parameters) else str(n), value) for n, value in enumerate(args)]
    flat = [(name, leaf) for name, value in (*named, *kwargs.items()) for _, leaf in values.leaves(value)]
    return [name for name, leaf in flat if isinstance(leaf, torch.Tensor)]


def mistaken(row: dict[str, Any], names: list[str], entry: str, tensors: list[torch.Tensor]) -> str:
    returned = [leaf for _, leaf in values.leaves(values.unpack(row["outputs"], tensors))]
    results = [leaf for leaf in returned if isinstance(leaf, torch.Tensor)]
    if not results or MEANING_TO.search(entry):
        return ""
    for place, spec in row["mutated"].items():
        new = values.unpack(spec, tensors)
        name = names[int(place)] if int(place) < len(names) else place
        given_back = any(values.equal(new, result) for result in results)
        if new.is_floating_point() and not given_back and not MEANT.search(name):
            return name
    return ""
