"""The plain values among the arguments of a constructor: each with its name, and what else it could be.

In: bound arguments. Out: leaves such as `kernel_size`, `config.heads`, `config['heads']`. Not covered: what lies deeper
in an object than one level.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

_SIMPLE = (str, int, float, bool, type(None), torch.dtype)


@dataclass(frozen=True, slots=True)
class Leaf:
    path: str
    value: Any
    put: Callable[[Any], inspect.BoundArguments]  # the same arguments with another value here


def leaves(bound: inspect.BoundArguments) -> Iterator[Leaf]:
    for name, value in bound.arguments.items():
        if is_plain(value):
            yield Leaf(name, value, _put(bound, name))
        elif isinstance(value, dict):
            for key, inner in value.items():
                if is_plain(inner) and isinstance(key, str):
                    yield Leaf(f"{name}[{key!r}]", inner, _put(bound, name, {**value}, key))
        elif hasattr(value, "__dict__") and not isinstance(value, torch.nn.Module | torch.Tensor | type):
            for key, inner in vars(value).items():
                if is_plain(inner) and key.isidentifier():
                    yield Leaf(f"{name}.{key}", inner, _put(bound, name, value, key))


def is_plain(value: Any) -> bool:
    if type(value) in (tuple, list):
        return all(map(is_plain, value))
    return type(value) in _SIMPLE and not (isinstance(value, float) and not math.isfinite(value))


def others(value: Any) -> list[Any]:
    """Other values of the kind, those that a constructor most likely takes first; none where nothing is known of it."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        near = dict.fromkeys((2 * value, value + 1, value - 1, 3 * value))
        return [new for new in near if new != value and (new > 0 or value <= 0)]  # nobody counts to less than nothing
    if isinstance(value, float):
        return [2 * value + 0.125, value / 2 + 0.0625]
    if value is None:
        return [1, 2]
    if isinstance(value, tuple | list) and value:
        parts = [others(part) for part in value]
        return [type(value)(changed) for changed in zip(*parts, strict=False)]
    return []


def _put(
    bound: inspect.BoundArguments, name: str, owner: Any = None, key: str = ""
) -> Callable[[Any], inspect.BoundArguments]:
    def put(new: Any) -> inspect.BoundArguments:
        if isinstance(owner, dict):
            new = {**owner, key: new}
        elif owner is not None:
            changed = copy.copy(owner)
            object.__setattr__(changed, key, new)
            new = changed
        return inspect.BoundArguments(bound.signature, type(bound.arguments)({**bound.arguments, name: new}))

    return put
