"""What comes out of the jail is read field by field: the same record, or one kind of error that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from triton_data.verify.reasons import Reason
from triton_data.verify.wire.record import Malformed, encode, parse


@dataclass(frozen=True)
class Inner:
    reason: Reason
    ratio: float = 0.0


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    inner: Inner | None
    several: tuple[Inner, ...]
    by_name: Mapping[str, int]
    packed: Any
    right: bool = False


WHOLE = Outer("a", 3, Inner(Reason.RACE, 0.5), (Inner(Reason.CRASH),), {"k": 1}, {"tensor": 0}, True)


def test_a_record_comes_back_as_it_went() -> None:
    assert parse(Outer, encode(WHOLE)) == WHOLE


def test_fields_with_a_default_may_be_missing() -> None:
    assert parse(Inner, {"reason": "race"}) == Inner(Reason.RACE)


BROKEN: dict[str, tuple[Any, str]] = {
    "no object": ([], "Outer is a list"),
    "a missing key": ({"name": None}, "Outer: unknown or missing name"),
    "an unknown key": ({"more": 1}, "Outer: unknown or missing more"),
    "a number for a text": ({"name": 1}, "Outer.name is a int"),
    "true for a number": ({"count": True}, "Outer.count is a bool"),
    "a number for true": ({"right": 1}, "Outer.right is a int"),
    "a text for a list": ({"several": "crash"}, "Outer.several is a str"),
    "an unknown reason": ({"inner": {"reason": "passed"}}, "Outer.inner.reason is 'passed'"),
    "deep inside": ({"several": [{"reason": "crash", "ratio": "1"}]}, "Outer.several.ratio is a str"),
    "a value of a mapping": ({"by_name": {"k": None}}, "Outer.by_name.k is a NoneType"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_has_another_form_is_malformed_and_named(name: str) -> None:
    change, message = BROKEN[name]
    whole: Any = encode(WHOLE)
    value = {**whole, **change} if isinstance(change, dict) else change
    if change == {"name": None}:
        del value["name"]
    with pytest.raises(Malformed, match=message):
        parse(Outer, value)
