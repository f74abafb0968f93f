"""Which operator may follow which, and why not.

In: two names. Out: '' or the reason. A pair is forbidden because its value is known beforehand (a table, below), or
because what the first gives fits nothing that the second takes: found out by asking both for calls.
Not covered: values that come out constant by accident; a graph is run for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, ITEMSIZE, Call, Spec
from triton_data.generate.operators.table import ask, operator, table

_ASKED = 24
_NOTHING_LEFT = "has no fraction left: the result is 0"
_NO_SIGN = "is never negative: the result is always False"
_ONE_HOT_SUM = "adds up to one: the result is a constant"
_ZERO = "is normalised: its logsumexp is always 0"
_WHOLE = ("floor", "ceil", "round", "trunc", "sign")
_NEVER_NEGATIVE = (
    *(
        "abs",
        "square",
        "sqrt",
        "exp",
        "exp2",
        "relu",
        "relu6",
        "sigmoid",
        "softplus",
        "squared_relu",
        "softmax",
        "softmin",
    ),
    *(
        "temperature_softmax",
        "std",
        "vector_norm",
        "norm",
        "hypot",
        "rsqrt",
        "reciprocal",
        "cosh",
        "acosh",
        "acos",
        "log1p",
    ),
    *("erfc", "hardsigmoid", "prod", "cumprod", "attention_weights", "causal_softmax", "alibi_softmax", "var"),
    *("mean_square", "geometric_mean", "squared_difference"),
)

DEGENERATE: dict[tuple[str, str], str] = {
    **{(first, "frac"): _NOTHING_LEFT for first in _WHOLE},
    **{(first, "signbit"): _NO_SIGN for first in _NEVER_NEGATIVE},
    ("log_softmax", "logsumexp"): _ZERO,
    ("instance_norm", "instance_norm"): "is normalised already",
    ("sub_scalar", "sub_scalar"): "may cancel out",
    ("reciprocal", "reciprocal"): "cancels out",
    ("logical_not", "logical_not"): "cancels out",
    ("neg", "neg"): "cancels out",
    ("mT", "mT"): "cancels out",
    ("bitwise_not", "bitwise_not"): "cancels out",
    ("isfinite", "all"): "hardly ever holds everywhere: the result is a constant",
    ("eq", "all"): "hardly ever holds everywhere: the result is a constant",
    ("ne", "all"): "hardly ever fails anywhere",
    ("one_hot", "amax"): "has a one in every row",
}


class Fit(NamedTuple):
    """One place of an operator's arguments, as far as it decides what fits."""

    dtype: str
    rank: int
    loose: bool


@cache
def _calls(name: str) -> tuple[Call, ...]:
    calls = (ask(operator(name), Draw(f"asked {seed}", 16)) for seed in range(_ASKED))
    return tuple(call for call in calls if call is not None)


@cache
def gives(name: str) -> frozenset[tuple[str, int]]:
    """Dtypes and ranks of what comes out."""
    return frozenset((call.output.dtype, call.output.rank) for call in _calls(name))


@cache
def takes(name: str) -> frozenset[Fit]:
    """Dtypes and ranks of what may come from another operator: the tensor of `take`, and what only has to broadcast."""
    return frozenset(
        Fit(argument.spec.dtype, argument.spec.rank, argument.loose)
        for call in _calls(name)
        for place, argument in enumerate(call.arguments)
        if argument.loose or place == call.primary
    )


def convertible(given: str, wanted: str) -> bool:
    """Integers and masks become floating point by a cast; nothing becomes an integer by one."""
    return given == wanted or wanted in FLOATS


def suits(given: Spec, wanted: Spec, loose: bool) -> bool:
    if not convertible(given.dtype, wanted.dtype):
        return False
    return given.rank <= wanted.rank if loose else given.rank == wanted.rank


@cache
def forbidden(first: str, second: str) -> str:
    """'' where the second operator can be given what the first makes."""
    if (first, second) in DEGENERATE:
        return f"{first} {DEGENERATE[first, second]}"
    given, taken = gives(first), takes(second)
    kinds = {dtype for dtype, _ in given}
    if not any(convertible(dtype, fit.dtype) for dtype in kinds for fit in taken):
        return f"{first} gives {_listed(kinds)}, {second} takes {_listed({fit.dtype for fit in taken})}"
    if not any(
        convertible(dtype, fit.dtype) and (rank <= fit.rank if fit.loose else rank == fit.rank)
        for dtype, rank in given
        for fit in taken
    ):
        ranks, wanted = {str(rank) for _, rank in given}, {str(fit.rank) for fit in taken}
        return f"{first} gives rank {_listed(ranks)}, {second} takes rank {_listed(wanted)}"
    return ""


@cache
def legal_pairs() -> tuple[tuple[str, str], ...]:
    """Every pair for which nothing is forbidden, in the table's order. By sets of bits, because there are 120,000."""
    given = {name: _bits(gives(name)) for name in table()}
    taken = {name: _bits(_accepted(name)) for name in table()}
    return tuple(
        (first, second)
        for first in table()
        for second in table()
        if given[first] & taken[second] and (first, second) not in DEGENERATE
    )


def _accepted(name: str) -> set[tuple[str, int]]:
    return {
        (dtype, rank)
        for fit in takes(name)
        for dtype in ITEMSIZE
        for rank in range(fit.rank + 1)
        if convertible(dtype, fit.dtype) and (fit.loose or rank == fit.rank)
    }


def _bits(kinds: Iterable[tuple[str, int]]) -> int:
    places = {dtype: place for place, dtype in enumerate(ITEMSIZE)}
    return sum({1 << (8 * places[dtype] + rank) for dtype, rank in kinds})


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))
