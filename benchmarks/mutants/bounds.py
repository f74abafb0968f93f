"""Operators on how far a kernel goes and in which direction: bounds, loops, tails, axes.

In: a kernel, or a function that launches some. Out: one `Edit` a place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.edit import Edit, called, changed, expression, inside, replaced

ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
ALONG_AN_AXIS = ("sum", "max", "min", "argmax", "argmin", "cumsum", "cumprod", "reduce", "associative_scan", "xor_sum")
OPEN_OR_CLOSED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
}


def off_by_one(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """i < n → i < n - 1, and i <= n"""
    for node in inside(kernel, ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ORDERED):
            bound = expression(f"({ast.unparse(node.comparators[0])} - 1)")
            yield replaced(node, changed(node, comparators=[bound]))
            yield replaced(node, changed(node, ops=[OPEN_OR_CLOSED[type(node.ops[0])]]))


def missing_iteration(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """range(0, n, step) → range(0 + step, n, step), and range(0, n - step, step)"""
    for node in inside(kernel, ast.For):
        call = node.iter
        if called(call) not in ("range", "static_range") or not isinstance(call, ast.Call):
            continue
        words = [ast.unparse(argument) for argument in call.args]
        start, stop = ("0", words[0]) if len(words) == 1 else (words[0], words[1])
        step = words[2] if len(words) > 2 else "1"
        for changed_start, changed_stop in ((f"{start} + {step}", stop), (start, f"{stop} - {step}")):
            arguments = [expression(text) for text in (changed_start, changed_stop, step)]
            yield replaced(call, changed(call, args=arguments))


def missing_tail(function: ast.FunctionDef) -> Iterator[Edit]:
    """cdiv(n, block) → n // block"""
    for node in inside(function, ast.Call):
        if called(node) == "cdiv":
            yield replaced(node, expression(" // ".join(f"({ast.unparse(argument)})" for argument in node.args)))


def wrong_axis(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.sum(x, axis=1) → tl.sum(x, axis=0); with one axis there is no other"""
    flat = not any(isinstance(node, ast.Tuple) and len(node.elts) > 1 for node in _subscripts(kernel))
    for call in inside(kernel, ast.Call):
        if called(call) in ALONG_AN_AXIS and not flat:
            axes = [k.value for k in call.keywords if k.arg == "axis"] + call.args[1:2]
            for axis in axes:
                if isinstance(axis, ast.Constant) and axis.value in (0, 1):
                    yield Edit(axis, str(1 - axis.value))


def turned_block(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """x[:, None] → x[None, :]"""
    for node in _subscripts(kernel):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            yield Edit(node, ", ".join(ast.unparse(part) for part in reversed(node.elts)))


def _subscripts(kernel: ast.FunctionDef) -> list[ast.expr]:
    return [node.slice for node in inside(kernel, ast.Subscript)]


def wrong_program_axis(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.program_id(0) → tl.program_id(1), and back"""
    for node in inside(kernel, ast.Call):
        if called(node) == "program_id" and node.args and isinstance(node.args[0], ast.Constant):
            yield Edit(node.args[0], "1" if node.args[0].value == 0 else "0")
