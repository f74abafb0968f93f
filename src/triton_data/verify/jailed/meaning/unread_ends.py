"""Is the last of every axis of the inputs read? Where one is made longer and is not, its size is not meant.

A recurrence over `b.shape[1]` steps runs with an `a` that is longer, and looks at no more of it. In: inputs, and a way
to call the reference. Out: whether there is such an end. Foreign code runs: only in the jail. Not covered: integers,
whose numbers may not be any.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.jailed.meaning.admissible import TooSlow, patience
from triton_data.verify.wire import values

SECONDS = 0.5  # that looking may take
OTHERS = (float("nan"), 40.0, -40.0)  # a comparison makes the same of NaN as of many numbers


def some(call: Callable[[Any], Any], given: Any) -> bool:
    leaves, form = pytree.tree_flatten(given)
    began, usual = time.process_time(), _outputs(call, given)
    for place, leaf in enumerate(leaves):
        if not isinstance(leaf, torch.Tensor) or not leaf.is_floating_point() or leaf.element_size() < 2:
            continue
        for axis in (axis for axis in range(leaf.ndim) if leaf.shape[axis] > 1):
            if usual is None or time.process_time() - began > SECONDS:
                return False
            changed = (_ending(leaf, axis, number) for number in OTHERS)
            if all(
                _same(usual, _outputs(call, pytree.tree_unflatten([*leaves[:place], new, *leaves[place + 1 :]], form)))
                for new in changed
            ):
                return True
    return False


def _ending(leaf: torch.Tensor, axis: int, number: float) -> torch.Tensor:
    new = leaf.clone()
    new.narrow(axis, leaf.shape[axis] - 1, 1).fill_(number)
    return new


def _outputs(call: Callable[[Any], Any], given: Any) -> list[Any] | None:
    try:
        with patience():
            copied = pytree.tree_map(lambda leaf: leaf.clone() if isinstance(leaf, torch.Tensor) else leaf, given)
            returned: list[Any] = pytree.tree_leaves(call(copied)) or pytree.tree_leaves(copied)
            return returned
    except (Exception, TooSlow):  # noqa: BLE001  the reference does not take it
        return None


def _same(a: list[Any], b: list[Any] | None) -> bool:
    if b is None or len(a) != len(b):
        return False
    return all(values.equal(x, y) for x, y in zip(a, b, strict=True) if isinstance(x, torch.Tensor))
