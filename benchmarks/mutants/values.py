"""Operators on values: where sums start, how they grow, how exact they are, constants.

In: a kernel. Out: one `Edit` a place. Not covered: constants of addresses other than factors and terms.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.edit import (
    STORES,
    Edit,
    accesses,
    address_names,
    called,
    changed,
    expression,
    inside,
    replaced,
)


def wrong_initial_value(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.zeros(s) → tl.zeros(s) + 1, tl.full(s, -inf) → tl.full(s, 0.0)"""
    for node in inside(kernel, ast.Call):
        if called(node) == "zeros":
            yield replaced(node, expression(f"{ast.unparse(node)} + 1"))
        elif called(node) == "full" and len(node.args) > 1:
            infinite = "inf" in ast.unparse(node.args[1])
            yield replaced(node.args[1], expression("0.0" if infinite else f"{ast.unparse(node.args[1])} + 1"))


def missing_accumulation(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """total += x → total = x, total = tl.dot(a, b, total) → total = tl.dot(a, b)"""
    pointers = address_names(kernel)
    for node in inside(kernel, ast.AugAssign):
        if isinstance(node.target, ast.Name) and node.target.id not in pointers:
            yield Edit(node, f"{node.target.id} = {ast.unparse(node.value)}")
    for call in inside(kernel, ast.Call):
        if called(call) == "dot" and len(call.args) > 2:
            yield replaced(call, changed(call, args=call.args[:2]))


def downcast(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.store(p, x) → tl.store(p, x.to(tl.float16)), dtype=tl.float32 → tl.float16, "ieee" → "tf32" """
    for call in accesses(kernel, STORES):
        if len(call.args) > 1:
            yield replaced(call.args[1], expression(f"({ast.unparse(call.args[1])}).to(tl.float16)"))
    for attribute in inside(kernel, ast.Attribute):
        if ast.unparse(attribute) == "tl.float32":
            yield Edit(attribute, "tl.float16")
        elif ast.unparse(attribute) == "tl.int64":
            yield Edit(attribute, "tl.int8")
    for constant in inside(kernel, ast.Constant):
        if constant.value == "ieee":
            yield Edit(constant, '"tf32"')


def wrong_constant(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """0.5 * x → 0.55 * x, x // 3 → x // 4; what counts as an axis, a fill value or a start has its own operator"""
    arguments = {id(part) for call in inside(kernel, ast.Call) if _takes_values(call) for part in call.args}
    operands = {id(part) for node in inside(kernel, ast.BinOp) for part in (node.left, node.right)}
    compared = {id(part) for node in inside(kernel, ast.Compare) for part in node.comparators}
    for constant in inside(kernel, ast.Constant):
        value, at = constant.value, id(constant)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if at in operands | arguments | compared:
            yield Edit(constant, str(value + 1) if isinstance(value, int) else repr(value * 1.1 or 0.1))


def _takes_values(call: ast.Call) -> bool:
    return called(call) in ("where", "maximum", "minimum", "pow", "fma", "clamp")
