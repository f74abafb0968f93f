"""Frozen dataclasses as plain JSON values and back, for what is exchanged with a process that ran foreign code.

In: a value of a declared type, or JSON that claims to be one. Out: JSON, or the value; `Unreadable` where the claim is
not exactly of the declared shape. Nothing is converted, filled in or passed over.
Types that may be declared: dataclasses, str, bool, int, float (finite), StrEnum, tuple[X, ...] and dict[str, X].
Not covered: how much JSON there is (the jail's frame limits that), what its texts mean.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import typing
from enum import StrEnum
from typing import Any


class Unreadable(ValueError):
    """JSON that is not what it should be."""


def to_json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    if isinstance(value, dict):
        return {key: to_json(each) for key, each in value.items()}
    return value.value if isinstance(value, StrEnum) else value


def from_json(kind: Any, value: Any) -> Any:
    outer, inner = typing.get_origin(kind), typing.get_args(kind)
    if outer is tuple:
        return tuple(from_json(inner[0], each) for each in _exactly(list, value))
    if outer is dict:
        return {_exactly(str, key): from_json(inner[1], each) for key, each in _exactly(dict, value).items()}
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, _exactly(dict, value))
    if issubclass(kind, StrEnum):
        return _enum(kind, _exactly(str, value))
    if kind is float:
        return _number(value)
    return _exactly(kind, value)


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # a bool is no int
        raise Unreadable(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Unreadable("no finite number")
    return float(value)


def _enum(kind: type[StrEnum], value: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _dataclass(kind: Any, value: dict[Any, Any]) -> Any:
    types = _field_types(kind)
    if value.keys() != types.keys():
        raise Unreadable(f"fields of {kind.__name__}: {', '.join(map(str, value.keys() ^ types.keys()))[:200]}")
    return kind(**{name: from_json(types[name], each) for name, each in value.items()})


@functools.cache
def _field_types(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
