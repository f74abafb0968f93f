"""Expressions over a launcher's arguments: templates with their places and settings filled in.

In: `Expression`s, the arguments of an observation by name and numbers from the kernel's text. Out: source texts over
its parameters' names, the simple ones first, that hold at any size. Not covered: whether they give anything.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.extract.references.expression import Expression

MOST = 160  # fillings of one template
_SIMPLE = re.compile(r"\w+(\.\w+(\([^()]*\))?(\[\d\])?)*")  # needs no brackets
_PLACE = re.compile(r"\{(\w+)\}")
EPSILONS = ("1e-05", "1e-06", "1e-08", "1e-12", "0.0")
# What a setting is at any size; {0} is the first tensor.
GENERAL = {
    "shape": ("{0}.shape[-1:]",), "half": ("{0}.shape[-1] // 2",), "size": ("{0}.shape[-2:]",),
    "keepdim": ("False", "True"), "causal": ("False", "True"), "reduction": ("none", "mean", "sum"),
    "eps": EPSILONS, "correction": ("0", "1"), "channels": ("{0}.shape[1]",), "classes": (),
    "root": ("1 / math.sqrt({0}.shape[-1])",),
}  # fmt: skip
_OFTEN_NAMED = {"dim": ("dim", "axis", "d"), "eps": ("eps", "epsilon", "variance_epsilon")}


@dataclass(frozen=True, slots=True)
class Known:
    """What a launcher is given, by kind."""

    tensors: tuple[str, ...]
    scalars: dict[str, Any]
    numbers: tuple[str, ...]  # that stand in the kernel's text
    rank: int

    @classmethod
    def of(cls, arguments: Mapping[str, Any], unread: Container[str], numbers: Iterable[str]) -> Known:
        """Tensors that are only written are nothing to compute with."""
        tensors = {n: value for n, value in arguments.items() if isinstance(value, torch.Tensor) and n not in unread}
        scalars = {name: value for name, value in arguments.items() if _plain(value)}
        return cls(tuple(tensors), scalars, tuple(numbers), max([value.ndim for value in tensors.values()], default=0))


def _plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(isinstance(each, int | float) for each in value)
    return isinstance(value, int | float)


def filled(expression: Expression, known: Known, tensors: tuple[str, ...]) -> Iterator[str]:
    """Over any of these tensors, which may be expressions themselves."""
    names = [name for name in dict.fromkeys(_PLACE.findall(expression.code)) if not name.isdigit()]
    pools = [_pool(name, expression, known) for name in names]
    fillings = itertools.product(itertools.permutations(tensors, expression.arity), itertools.product(*pools))
    for places, settings in itertools.islice(fillings, MOST * max(1, len(tensors))):
        values = {name: value.format(*places) for name, value in zip(names, settings, strict=True)}
        yield expression.code.format(*map(_bracketed, places), **values)


def _bracketed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _pool(name: str, expression: Expression, known: Known) -> list[str]:
    if name in ("dim", "a", "b", "start"):
        named = [one for one in _OFTEN_NAMED.get(name, (name,)) if one in known.scalars]
        ranks = [str(axis) for axis in range(-min(known.rank, 4), 0)][::-1]
        pairs = ["(-2, -1)", "(0, 1)", "(0, 2)", "(1, 2)"] if known.rank > 1 and "dim={dim}" in expression.code else []
        return [*named, *ranks, *pairs]
    if name == "reduction":
        return list(GENERAL[name])
    wanted = expression.settings.get(name, ())
    integers = bool(wanted) and all(re.fullmatch(r"-?\d+", value) for value in wanted)
    mine = [one for one, value in known.scalars.items() if _fits(value, name, integers)]
    mine.sort(key=lambda one: name not in one and one not in _OFTEN_NAMED.get(name, ()))
    literal = [] if integers or name in ("keepdim", "causal", "shape", "half", "size", "correction") else known.numbers
    general = GENERAL.get(name, () if name in ("shape", "sizes", "rows", "width", "inputs", "outputs") else wanted)
    negative = [f"-{number}" for number in literal] if name in ("value", "low") else []
    return list(dict.fromkeys([*mine[:4], *general, *literal, *negative]))


def _fits(value: Any, name: str, integers: bool) -> bool:
    if name in ("shape", "sizes", "half", "size", "channels", "root"):
        return False
    if isinstance(value, bool) or name in ("keepdim", "causal"):
        return isinstance(value, bool) and name in ("keepdim", "causal")
    return isinstance(value, int) if integers else isinstance(value, int | float)
