"""Sizes that remember how they came about: numbers for whoever computes with them, formulas for the solver.

In: a graph grown with `Size`s in place of numbers. Out: its FLOPs, bytes and shapes as formulas over the sizes drawn,
and every comparison that was made on the way: with other sizes that answer them alike, the same graph comes out.
Not covered: powers and fractions, which only guards against overflow use; solving (solve.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Formula(NamedTuple):
    """`+ - * // %` of two formulas; `size`, whose left is its number; `const`, whose left is its value."""

    operation: str
    left: Any
    right: Any = None


class Comparison(NamedTuple):
    operation: str  # == != < <= > >=
    left: Formula
    right: Formula


@dataclass
class Trace:
    comparisons: dict[Comparison, None] = field(default_factory=dict)  # a set that keeps its order

    def size(self, number: int, value: int) -> Size:
        return Size(value, Formula("size", number), self)


_OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "!=": "=="}


class Size(int):
    formula: Formula
    trace: Trace

    def __new__(cls, value: int, formula: Formula, trace: Trace) -> Size:
        made = super().__new__(cls, value)
        made.formula, made.trace = formula, trace
        return made

    def _made(self, value: int, operation: str, left: object, right: object) -> Any:
        if not isinstance(left, int) or not isinstance(right, int):
            return value
        return Size(value, Formula(operation, formula_of(left), formula_of(right)), self.trace)

    def _compared(self, operation: str, other: object, outcome: bool) -> bool:
        if isinstance(other, int):
            kind = operation if outcome else _OPPOSITE[operation]
            self.trace.comparisons[Comparison(kind, self.formula, formula_of(other))] = None
        return outcome

    def __add__(self, other: int) -> Any:
        return self._made(int.__add__(self, other), "+", self, other)

    def __radd__(self, other: int) -> Any:
        return self._made(int.__radd__(self, other), "+", other, self)

    def __sub__(self, other: int) -> Any:
        return self._made(int.__sub__(self, other), "-", self, other)

    def __rsub__(self, other: int) -> Any:
        return self._made(int.__rsub__(self, other), "-", other, self)

    def __mul__(self, other: int) -> Any:
        return self._made(int.__mul__(self, other), "*", self, other)

    def __rmul__(self, other: int) -> Any:
        return self._made(int.__rmul__(self, other), "*", other, self)

    def __floordiv__(self, other: int) -> Any:
        return self._made(int.__floordiv__(self, other), "//", self, other)

    def __mod__(self, other: int) -> Any:
        return self._made(int.__mod__(self, other), "%", self, other)

    def __neg__(self) -> Any:
        return self._made(int.__neg__(self), "-", 0, self)

    def __eq__(self, other: object) -> bool:
        return self._compared("==", other, int.__eq__(self, other))

    def __ne__(self, other: object) -> bool:
        return self._compared("!=", other, int.__ne__(self, other))

    def __lt__(self, other: int) -> bool:
        return self._compared("<", other, int.__lt__(self, other))

    def __le__(self, other: int) -> bool:
        return self._compared("<=", other, int.__le__(self, other))

    def __gt__(self, other: int) -> bool:
        return self._compared(">", other, int.__gt__(self, other))

    def __ge__(self, other: int) -> bool:
        return self._compared(">=", other, int.__ge__(self, other))

    __hash__ = int.__hash__


def formula_of(value: int) -> Formula:
    return value.formula if isinstance(value, Size) else Formula("const", int(value))
