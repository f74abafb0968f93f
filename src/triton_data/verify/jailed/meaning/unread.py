"""Does every input and weight matter to what a reference returns? What can be changed without a change is named.

In: inputs, and a way to call the reference. Out: names. What nobody reads proves nothing about a candidate, which may
leave it out. Foreign code runs: only in the jail. Not covered: parts of an input that do not matter.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.jailed import module_state
from triton_data.verify.jailed.meaning.admissible import TooSlow, patience
from triton_data.verify.wire import values

SECONDS = 0.5  # that looking may take
Call = Callable[[Any], Any]


def inputs(call: Call, target: Any, given: Any, redrawn: list[Any]) -> list[str]:
    """`redrawn` are other inputs of the same program: an input is unread when none of its values there matters."""
    began = time.process_time()
    leaves, form = pytree.tree_flatten(given)
    others = [pytree.tree_leaves(other) for other in redrawn]
    names = _names(target, given)
    usual = _outputs(call, given)
    found = []
    for place, leaf in enumerate(leaves):
        if not isinstance(leaf, torch.Tensor) or not leaf.numel() or time.process_time() - began > SECONDS:
            continue
        tried = [other[place] for other in others if len(other) == len(leaves)]
        tried = [new for new in (*tried, *_changed(leaf)) if new.shape == leaf.shape and not values.equal(new, leaf)]
        changed = [
            _outputs(call, pytree.tree_unflatten([*leaves[:place], new, *leaves[place + 1 :]], form)) for new in tried
        ]
        ran = [one for one in changed if one is not None]
        if usual is not None and ran and all(_same(usual, one) for one in ran):
            found.append(names.get(place, str(place)))
    return found


def weights(call: Call, instance: Any, given: Any) -> list[str]:
    began, usual, found = time.process_time(), _outputs(call, given), []
    for name, tensor in module_state.of(instance).items():
        if not tensor.is_floating_point() or not tensor.numel() or time.process_time() - began > SECONDS:
            continue
        before = tensor.clone()
        tensor.copy_(before * 1.25 + 0.25)
        now = _outputs(call, given)
        tensor.copy_(before)
        if usual is not None and now is not None and _same(usual, now):
            found.append(name)
    return found


def _changed(leaf: torch.Tensor) -> Iterator[torch.Tensor]:
    if leaf.dtype is torch.bool:
        yield from (~leaf, torch.zeros_like(leaf), torch.ones_like(leaf))
    elif leaf.is_floating_point() or leaf.is_complex():
        wide = leaf if leaf.is_complex() else leaf.double()  # nothing is computed in eight bits
        yield (wide * 1.5 + 0.5).to(leaf.dtype)
    else:
        yield leaf.flip(0) if leaf.ndim else leaf + 1


def _names(target: Any, given: Any) -> dict[int, str]:
    """What each leaf is called: its parameter, with a number where that holds several."""
    called = getattr(target, "forward", target)
    try:
        parameters = [name for name in inspect.signature(called).parameters if name != "self"]
    except (TypeError, ValueError):
        parameters = []
    args, kwargs = given
    named = [(parameters[n] if n < len(parameters) else str(n), value) for n, value in enumerate(args)]
    flat = []
    for name, value in (*named, *kwargs.items()):
        own = pytree.tree_leaves(value)
        flat += [name] if len(own) == 1 else [f"{name}[{n}]" for n in range(len(own))]
    return dict(enumerate(flat))


def _outputs(call: Call, given: Any) -> list[Any] | None:
    try:
        with patience():
            copied = pytree.tree_map(lambda leaf: leaf.clone() if isinstance(leaf, torch.Tensor) else leaf, given)
            returned = pytree.tree_leaves(call(copied))
            found: list[Any] = returned or pytree.tree_leaves(copied)
            return found
    except (Exception, TooSlow):  # noqa: BLE001  the reference does not take it
        return None


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(
        values.equal(x, y) if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor) else bool(x == y)
        for x, y in zip(a, b, strict=True)
    )
