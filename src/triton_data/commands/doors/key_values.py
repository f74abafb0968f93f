"""`key=value` as people type it, made the values of the settings.

In: words such as num_core_ops_range=[1,5] or p_value=0.25. Out: values by name, or a Misuse that shows the form. Not
covered: whether a value makes sense (generate/llm_modules/settings.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from triton_data.errors import Misuse, closest

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


def parse(words: Iterable[str], kind: type[Any], more: Iterable[str] = ()) -> dict[str, Any]:
    """`more` are names of texts that are no settings, such as run_dir."""
    defaults = {field.name: field.default for field in dataclasses.fields(kind)} | dict.fromkeys(more, "")
    made = {}
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        name = name.replace("-", "_")
        if not equals:
            raise Misuse(f"{word!r} is no parameter: write key=value, such as num_total_samples=100")
        if name not in defaults:
            raise Misuse(f"unknown parameter {name!r}{closest(name, defaults)}")
        made[name] = _converted(name, value.strip().strip("\"'"), defaults[name])
    return made


def _converted(name: str, value: str, default: Any) -> Any:
    if isinstance(default, tuple):
        return to_range(name, value)
    if isinstance(default, bool):
        if value.lower() not in (*_TRUE, *_FALSE):
            raise Misuse(f"{name}={value} is neither true nor false")
        return value.lower() in _TRUE
    try:
        return type(default)(value)
    except ValueError:
        shown = "a whole number" if isinstance(default, int) else "a number"
        raise Misuse(f"{name}={value} is not {shown}") from None


def to_range(name: str, value: str) -> tuple[int, int]:
    parts = value.strip("[]() ").split(",")
    try:
        low, high = (int(part) for part in parts)
    except ValueError:
        raise Misuse(f"{name}={value} is no range: write {name}=[1,5]") from None
    return low, high
