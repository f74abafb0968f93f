"""What a capture takes for granted about arguments that are no tensors: of the constructor, and of the call.

In: what was built and called, and what Dynamo looked at while it traced. Out: comparisons, such as `stride == 2` and
`L['k'] == 3`. An argument of the constructor is free where the module that another value makes differs in nothing that
was looked at but the sizes of its weights, which the rewritten file reads or asserts. Not covered: globals.
"""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Collection, Iterator
from typing import Any

import torch

from triton_data.capture.granted.facts import differ
from triton_data.capture.granted.leaves import Leaf, is_plain, leaves, others
from triton_data.formats.on_fake_tensors import fake_mode

SLOW = 5.0  # seconds of a constructor on fake tensors, which is then called once and no more
ENOUGH = 2  # other values that a constructor takes
_NEVER = ("device",)  # where it lies is read from the tensors


def of_constructor(
    cls: type, args: tuple[Any, ...], kwargs: dict[str, Any], looked_at: Collection[str], inputs: Collection[str]
) -> Iterator[str]:
    try:
        bound = inspect.signature(cls).bind(*args, **kwargs)
    except (TypeError, ValueError):  # a constructor in C
        return
    bound.apply_defaults()
    start = time.monotonic()
    module = _constructed(cls, bound)
    slow = time.monotonic() - start > SLOW
    sources = sorted({*looked_at, *inputs})
    weights = frozenset(inputs)
    for leaf in leaves(bound):
        if leaf.path not in _NEVER and (slow or not _is_free(leaf, cls, module, sources, weights)):
            yield compared(leaf.path, leaf.value)


def of_call(forward: Any, args: tuple[Any, ...], kwargs: dict[str, Any], constants: Collection[str]) -> Iterator[str]:
    """`constants`: sources that Dynamo compared with a constant."""
    called = getattr(forward, "forward", forward)
    try:
        bound = inspect.signature(called).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return
    bound.apply_defaults()
    for source in sorted(constants):
        with contextlib.suppress(Exception):  # such as L['self']: not an argument of this call
            value = eval(source, {"L": dict(bound.arguments)})
            if is_plain(value):
                yield compared(source, value)


def compared(path: str, value: Any) -> str:
    return f"{path} {'is' if value is None or isinstance(value, bool) else '=='} {value!r}"


def _is_free(leaf: Leaf, cls: type, module: Any, sources: list[str], weights: frozenset[str]) -> bool:
    taken = 0
    for value in others(leaf.value):
        other = _constructed(cls, leaf.put(value)) if module is not None else None
        if other is None:
            continue
        if differ(module, other, sources, weights):
            return False
        taken += 1
        if taken == ENOUGH:
            break
    return taken > 0


def _constructed(cls: type, bound: inspect.BoundArguments) -> Any:
    """On fake tensors, which take neither time nor memory; None where that fails."""
    try:
        with fake_mode(), torch.no_grad():
            return cls(*bound.args, **bound.kwargs)
    except Exception:  # noqa: BLE001  foreign code refuses a value as it likes
        return None
