"""Frozen dataclasses as JSON and back: how everything with a name crosses between the judge and the jail.

In: a record whose fields are plain values, enums, tuples, mappings, other records or packed values (`Any`). Out: JSON;
and, on the other side, the record again, or `Malformed`, which names the field. `encode` has the types of its fields
checked by mypy; `parse` checks them itself, because what comes out of the jail is any JSON that foreign code chose to
write. Not covered: whether a claim is true, and tensors (values.py).
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from triton_data.jail.policy import Json

Record = TypeVar("Record")
Decoder = Callable[[Any, str], Any]


class Malformed(ValueError):
    """The JSON has not the form of the record. The message names the field, and what stands there instead."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer that came, and is none."""

    detail: str


def encode(record: Any) -> Json:
    if dataclasses.is_dataclass(record):
        return {field.name: encode(getattr(record, field.name)) for field in dataclasses.fields(record)}
    if isinstance(record, StrEnum):
        return record.value
    if isinstance(record, Mapping):
        return {str(key): encode(item) for key, item in record.items()}
    return [encode(item) for item in record] if isinstance(record, tuple | list) else record


def parse(kind: type[Record], value: Json) -> Record:
    """All fields that have no default must be there, and no others."""
    hint: Any = kind
    parsed: Record = _decoder(hint)(value, kind.__name__)
    return parsed


@cache
def _decoder(hint: Any) -> Decoder:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda value, where: value
    if origin in (Union, types.UnionType):
        (inner,) = (_decoder(argument) for argument in arguments if argument is not type(None))
        return lambda value, where: None if value is None else inner(value, where)
    if origin is tuple:
        item = _decoder(arguments[0])
        return lambda value, where: tuple(item(one, where) for one in _a(list, value, where))
    if origin is Mapping:
        item = _decoder(arguments[1])
        return lambda value, where: {k: item(one, f"{where}.{k}") for k, one in _a(dict, value, where).items()}
    if dataclasses.is_dataclass(hint):
        return _record(hint)
    if issubclass(hint, StrEnum):
        return lambda value, where: _member(hint, value, where)
    return lambda value, where: _a(hint, value, where)


def _record(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    fields = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(kind)}
    needed = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }

    def decode(value: Any, where: str) -> Any:
        given = _a(dict, value, where)
        if wrong := (needed - set(given)) | (set(given) - set(fields)):
            raise Malformed(f"{where}: unknown or missing {', '.join(sorted(wrong))[:80]}")
        return kind(**{name: fields[name](item, f"{where}.{name}") for name, item in given.items()})

    return decode


def _member(kind: type[StrEnum], value: Any, where: str) -> StrEnum:
    try:
        return kind(_a(str, value, where))
    except ValueError as error:
        raise Malformed(f"{where} is {value!r:.40}, which is no {kind.__name__}") from error


def _a(kind: type, value: Any, where: str) -> Any:
    """A whole number is a float as well, and True is no number."""
    accepted = (int, float) if kind is float else (kind,)
    if type(value) not in accepted:
        raise Malformed(f"{where} is a {type(value).__name__}, not a {kind.__name__}")
    return value
