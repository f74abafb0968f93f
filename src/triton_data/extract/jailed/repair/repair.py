"""Read a failure and say which shapes would have avoided it.

In: the message of an exception, where it was raised, and the Specs that were tried. Out: other lists of Specs,
the likeliest first: from the message (message_rules.py), and from the condition of a failed assertion.
Not covered: trying them (jailed/search/forward.py).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triton_data.extract.jailed.repair.message_rules import RULES
from triton_data.extract.jailed.repair.shape_rules import tame
from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, rank_to, replaced, resized
from triton_data.extract.jailed.spec import Specs


def mend(failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    if failure.not_finite:
        yield from tame(failure, specs)
        return
    for pattern, rule in RULES:
        found = re.search(pattern, failure.message, re.S)
        if found:
            yield from rule(found, failure, specs)
    if failure.test:
        yield from _condition(failure, specs)
        yield from _past(failure, specs)


def speaks(message: str) -> bool:
    """Whether any rule reads something out of this message."""
    return any(re.search(pattern, message, re.S) for pattern, _ in RULES)


def _condition(failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """`assert x.shape[1] == self.channels`: put the values of both sides in, and move the one to the other."""
    try:
        tree = ast.parse(failure.test, mode="eval").body
    except SyntaxError:
        return
    for compare in _telling(tree, failure):
        left, right = (_value(side, failure) for side in (compare.left, compare.comparators[0]))
        text = ast.unparse(compare)
        if isinstance(left, tuple) and isinstance(right, tuple):
            yield from _tail(failure, specs, left, right)
            yield from _tail(failure, specs, right, left)
            for a, b in zip(left, right, strict=False):
                yield from _both(failure, specs, a, b)
        elif isinstance(compare.left, ast.BinOp) and isinstance(compare.left.op, ast.Mod):
            yield from _divisible(failure, specs, compare.left)
        elif isinstance(compare.left, ast.BinOp) and isinstance(compare.left.op, ast.Div | ast.FloorDiv):
            yield from _times(failure, specs, compare.left, right)
        elif isinstance(left, int) and isinstance(right, int):
            if re.search(r"ndim|\.dim\(\)|len\(", text):
                yield from rank_to(failure, specs, right, left)
            yield from _both(failure, specs, left, right)


def _telling(node: ast.expr, failure: FailedCall) -> Iterator[ast.Compare]:
    """What decided: of an `or` what was true, of an `and` what was not."""
    if isinstance(node, ast.BoolOp):
        decides = isinstance(node.op, ast.Or)
        for part in [part for part in node.values if _value(part, failure) is decides] or node.values:
            yield from _telling(part, failure)
    elif isinstance(node, ast.Tuple):
        for part in node.elts:
            yield from _telling(part, failure)
    else:
        yield from (inner for inner in ast.walk(node) if isinstance(inner, ast.Compare))


def _past(failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """Code that goes another way for short inputs, as in `mode = "recurrent" if length <= 64 else self.mode`."""
    for size in failure.sizes[:3]:
        for n, spec in each(specs, failure):
            for axis in range(1, len(spec.shape)):
                if spec.shape[axis] <= size:
                    yield replaced(specs, n, spec.put(axis, size + max(1, size // 8)))


def _tail(failure: FailedCall, specs: Specs, have: tuple[Any, ...], want: tuple[Any, ...]) -> Iterator[Specs]:
    """`assert x.shape[1:] == (channels, height, width)`: whatever rank the argument had."""
    if all(isinstance(size, int) for size in want):
        for n, spec in each(specs, failure):
            if have and spec.shape[-len(have) :] == tuple(have):
                yield replaced(specs, n, replace(spec, shape=(*spec.shape[: -len(have)], *want)))


def _both(failure: FailedCall, specs: Specs, a: Any, b: Any) -> Iterator[Specs]:
    if isinstance(a, int) and isinstance(b, int) and a != b:
        yield from resized(failure, specs, a, b)
        yield from resized(failure, specs, b, a)


def _divisible(failure: FailedCall, specs: Specs, node: ast.BinOp) -> Iterator[Specs]:
    number, step = _value(node.left, failure), _value(node.right, failure)
    if isinstance(number, int) and isinstance(step, int) and step > 0:
        for new in (step * max(1, number // step), step * 2, step * 4, step):
            yield from resized(failure, specs, number, new)


def _times(failure: FailedCall, specs: Specs, node: ast.BinOp, many: Any) -> Iterator[Specs]:
    """`if luma.shape[-1] / chroma.shape[-1] != 2:`"""
    number, part = _value(node.left, failure), _value(node.right, failure)
    if isinstance(number, int) and isinstance(part, int) and isinstance(many, int) and many > 0:
        yield from resized(failure, specs, part, number // many)
        yield from resized(failure, specs, number, part * many)


def _value(node: ast.expr, failure: FailedCall) -> Any:
    try:
        code = compile(ast.Expression(node), "condition", "eval")
        return eval(code, {"__builtins__": {"len": len, "min": min, "max": max, "tuple": tuple}}, failure.locals)
    except Exception:  # noqa: BLE001 - foreign objects may raise anything; then this condition says nothing
        return None
