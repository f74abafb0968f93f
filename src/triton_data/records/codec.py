"""Records to rows and back. In: a record dataclass. Out: plain column values, nested parts as JSON text.

The origin is spread over columns of its own, because people filter by them. Not covered: SQL (store/schema.py).
"""

from __future__ import annotations

import dataclasses
import json
import typing
from typing import Any, TypeVar

from triton_data.records.records import RECORDS, Origin, Record

R = TypeVar("R", bound=Record)
ORIGIN_COLUMNS = tuple(f.name for f in dataclasses.fields(Origin))


OWN_COLUMNS: dict[Any, tuple[str, ...]] = {
    kind: tuple(f.name for f in dataclasses.fields(kind) if f.name != "origin") for kind in RECORDS
}
COLUMNS: dict[Any, tuple[str, ...]] = {kind: ("key", *own, *ORIGIN_COLUMNS) for kind, own in OWN_COLUMNS.items()}
_HINTS: dict[Any, dict[str, Any]] = {}


def origin_row(origin: Origin) -> tuple[Any, ...]:
    return tuple(getattr(origin, name) for name in ORIGIN_COLUMNS)


def to_row(record: Record) -> tuple[Any, ...]:
    own = (_flat(getattr(record, name)) for name in OWN_COLUMNS[type(record)])
    return (record.key, *own, *origin_row(record.origin))


def from_row(kind: type[R], row: tuple[Any, ...]) -> R:
    names = OWN_COLUMNS[kind]
    hints = _hints(kind)
    own = {name: _deep(hints[name], value) for name, value in zip(names, row[1:], strict=False)}
    return kind(**own, origin=Origin(*row[1 + len(names) :]))


_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_json(value: Any) -> Any:
    """A record, or any part of one, as plain JSON values."""
    if type(value) in _PLAIN:  # most parts are: the one writer of a large run spends its time here
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def from_json(kind: Any, value: Any) -> Any:
    """The inverse of `to_json`, guided by the type that the record declares."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: from_json(hints[name], item) for name, item in value.items()})
    if typing.get_origin(kind) is tuple:
        inner = typing.get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            if inner[0] is str:  # most of them: a run is read by the ten thousand
                return tuple(value)
            return tuple(from_json(inner[0], item) for item in value)
        return tuple(from_json(part, item) for part, item in zip(inner, value, strict=True))
    return value


def _hints(kind: Any) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]


def _flat(value: Any) -> Any:
    if isinstance(value, tuple):
        return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def _deep(kind: Any, value: Any) -> Any:
    if typing.get_origin(kind) is tuple:
        return from_json(kind, json.loads(value))
    return bool(value) if kind is bool else value
