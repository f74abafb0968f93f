"""Padding in every mode that torch has."""

from __future__ import annotations

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, NUMBERS, Argument, Call, Operator, Rule, Spec

FAMILY = "padding"


def _padded(constant: bool) -> Rule:
    def take(x: Spec, draw: Draw) -> Call | None:
        most = x.rank if constant else x.rank - 2
        count = draw.integer(1, min(most, 2)) if constant else most
        sides = tuple(draw.integer(0, 3) for _ in range(2 * count))
        sides = sides if max(sides) else (1, *sides[1:])
        shape = list(x.shape)
        for place in range(count):
            left, right = sides[2 * place : 2 * place + 2]
            if not constant and max(left, right) >= shape[-1 - place]:
                return None
            shape[-1 - place] += left + right
        value = draw.choice((0, 0, 1)) if x.dtype not in FLOATS else draw.choice((0.0, 0.0, 1.0))
        return Call((Argument(x),), x.of(*shape), 0, {"sides": sides, "value": value})

    return take


def _entry(mode: str) -> Operator:
    code = f"F.pad({{0}}, {{sides}}, mode='{mode}')"
    return Operator(f"pad_{mode}", FAMILY, code, _padded(False), None, FLOATS, (3, 4), ("spatial", "spatial"), bound=0)


OPERATORS = (
    Operator("pad", FAMILY, "F.pad({0}, {sides}, value={value})", _padded(True), None, NUMBERS, (1, 4), bound=0),
    _entry("reflect"),
    _entry("replicate"),
    _entry("circular"),
)
