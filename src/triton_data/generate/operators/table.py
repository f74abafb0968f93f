"""The table itself: every operator by name and by family.

In: the families' entries. Out: one mapping in a fixed order. Not covered: which may follow which (forbidden.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from triton_data.errors import Misuse, closest
from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import Call, Operator, Spec
from triton_data.generate.operators.families import (
    activations,
    attention,
    binary,
    conv,
    elementwise,
    indexing,
    integers,
    losses,
    matmul,
    norms,
    padding,
    pooling,
    reductions,
    scans,
    special,
    views,
)  # fmt: skip
from triton_data.generate.operators.rules import fresh

_FAMILIES = (
    elementwise, activations, binary, special, integers, reductions, scans, norms, matmul, attention, conv,
    pooling, indexing, views, padding, losses,
)  # fmt: skip


@cache
def table() -> Mapping[str, Operator]:
    """Every operator by name, in a fixed order."""
    named: dict[str, Operator] = {}
    for module in _FAMILIES:
        for each in module.OPERATORS:
            if each.name in named:
                raise ValueError(f"two operators are called {each.name}")
            named[each.name] = each
    return MappingProxyType(named)


def operator(name: str) -> Operator:
    if name not in table():
        raise Misuse(f"unknown operator {name!r}{closest(name, table())}")
    return table()[name]


@cache
def families() -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.family for each in table().values()))


@cache
def family(name: str) -> tuple[Operator, ...]:
    if name not in families():
        raise Misuse(f"unknown family {name!r}{closest(name, families())}")
    return tuple(each for each in table().values() if each.family == name)


def start(operator: Operator, draw: Draw, dtype: str = "", rank: int = -1) -> Spec:
    """A tensor that an operator may be given."""
    kind, ranks = draw.choice(operator.dtypes), draw.integer(*operator.ranks)
    wanted = min(max(rank, operator.ranks[0]), operator.ranks[1]) if rank >= 0 else ranks
    return Spec(fresh(wanted, draw, operator.kinds), dtype if dtype in operator.dtypes else kind)


def make(operator: Operator, out: Spec, draw: Draw) -> Call | None:
    """Arguments that give this output, or None."""
    if operator.make is None or out.dtype not in operator.dtypes or not out.rank:
        return None
    if operator.make is operator.take and not operator.ranks[0] <= out.rank <= operator.ranks[1]:
        return None
    call = operator.make(out, draw)
    fits = call is not None and operator.ranks[0] <= call.arguments[call.primary].spec.rank <= operator.ranks[1]
    return call if fits else None


def ask(operator: Operator, draw: Draw, dtype: str = "", rank: int = -1, tries: int = 20) -> Call | None:
    """One random call of an operator, alone: a tensor that suits it, the other arguments, the output."""
    for _ in range(tries):
        call = operator.take(start(operator, draw, dtype, rank), draw)
        if call is not None:
            return call
    return None
