"""What Dynamo looked at in a module while it traced it, as plain values that two modules can be compared by.

In: a module, and the sources of Dynamo's guards, such as `L['self']._modules['pool'].kernel_size`. Out: a value for
each that is there, and which of two modules differ in more than the sizes of their weights. Not covered: what lies
outside of the module, in globals.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn

Facts = dict[str, Any]
_STRUCTURE = "the modules inside"


def facts(module: Any, sources: Iterable[str]) -> Facts:
    found: Facts = {source: _canonical(value) for source, value in _read(module, sources).items()}
    if isinstance(module, nn.Module):
        found[_STRUCTURE] = [(name, type(each).__qualname__) for name, each in module.named_modules()]
    return found


def differ(one: Any, other: Any, sources: Iterable[str], weights: frozenset[str]) -> bool:
    """Whether the second is traced to something else, at the same sizes of all that the graph reads."""
    sources = list(sources)
    before, after = facts(one, sources), facts(other, sources)
    changed = [source for source in before.keys() | after.keys() if before.get(source) != after.get(source)]
    return not all(_follows(source, one, other, weights) for source in changed)


def _read(module: Any, sources: Iterable[str]) -> dict[str, Any]:
    scope = {"L": _Locals(module)}
    found = {}
    for source in sources:
        try:
            found[source] = eval(source, scope)  # Dynamo's words for a place in the module
        except Exception:  # noqa: BLE001  not there, or nothing that can be said in Python
            continue
    return found


class _Locals(dict[str, Any]):
    """Whatever forward calls its module; a wrapped forward has it as `args[0]`."""

    def __init__(self, module: Any) -> None:
        super().__init__(args=(module,))
        self.module = module

    def __missing__(self, name: str) -> Any:
        return self.module


def _canonical(value: Any) -> Any:
    match value:
        case torch.Tensor():
            return "tensor", value.dim()
        case nn.Module():
            return type(value).__qualname__, tuple(value._modules)
        case tuple() | list():
            return tuple(map(_canonical, value))
        case Mapping():
            return type(value).__qualname__, tuple(map(str, value))
        case functools.partial():
            return _canonical(value.func), _canonical(value.args), repr(value.keywords)
        case str() | int() | float() | None | torch.dtype():
            return value
    return getattr(value, "__qualname__", type(value).__qualname__)


def _follows(source: str, one: Any, other: Any, weights: frozenset[str]) -> bool:
    """A number that is the size of a weight beside it says no more than that weight does, which the graph reads."""
    owner, _, attribute = source.rpartition(".")
    if not attribute.isidentifier():
        return False
    values, owners = ([_read(each, [place]).get(place) for each in (one, other)] for place in (source, owner))
    if not all(isinstance(each, nn.Module) for each in owners):
        return False
    for name, kind in _tensors(owners[0]):
        there = [getattr(each, kind).get(name) for each in owners]
        if f"{owner}.{kind}['{name}']" not in weights or not all(isinstance(each, torch.Tensor) for each in there):
            continue
        shapes = [tuple(map(int, each.shape)) for each in there]
        if _is_size(values[0], values[1], shapes[0], shapes[1]):
            return True
    return False


def _is_size(one: Any, other: Any, shape: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """One axis of it, or the last ones, both before and after."""
    if len(shape) != len(new):
        return False
    axes = range(len(shape))
    return any((one, other) in ((shape[i], new[i]), (shape[i:], new[i:])) for i in axes)


def _tensors(owner: nn.Module) -> list[tuple[str, str]]:
    return [(name, kind) for kind in ("_parameters", "_buffers") for name in getattr(owner, kind)]
