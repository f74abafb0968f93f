"""Operators on how values are computed: operands, operators, functions, choices.

In: a kernel. Out: one `Edit` a place. Operands of addresses are left to memory.py where it has an operator for them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.edit import Edit, address_nodes, called, changed, inside, replaced

ORDER_MATTERS = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.LShift, ast.RShift)
INSTEAD: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.BitAnd: ast.BitOr(),
    ast.BitOr: ast.BitAnd(),
    ast.BitXor: ast.BitOr(),
    ast.FloorDiv: ast.Mod(),
    ast.Mod: ast.FloorDiv(),
    ast.RShift: ast.LShift(),
}
WRONG_FUNCTION = {
    "sum": "max",
    "max": "sum",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "exp": "exp2",
    "exp2": "exp",
    "log": "log2",
    "log2": "log",
    "sqrt": "rsqrt",
    "rsqrt": "sqrt",
    "erf": "sigmoid",
    "sigmoid": "exp",
    "sin": "cos",
    "cos": "sin",
    "floor": "ceil",
    "ceil": "floor",
    "atomic_add": "atomic_max",
    "atomic_max": "atomic_add",
}


def missing_scale(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """x * scale → x, x / total → x"""
    addresses = address_nodes(kernel)
    for node in inside(kernel, ast.BinOp):
        if isinstance(node.op, ast.Mult | ast.Div) and node not in addresses:
            yield replaced(node, node.left)
            if isinstance(node.op, ast.Mult):
                yield replaced(node, node.right)


def swapped_operands(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """a - b → b - a, tl.where(c, a, b) → tl.where(c, b, a)"""
    for node in inside(kernel, ast.BinOp):
        if isinstance(node.op, ORDER_MATTERS):
            yield replaced(node, changed(node, left=node.right, right=node.left))
    for call in inside(kernel, ast.Call):
        if called(call) == "where" and len(call.args) == 3:
            condition, yes, no = call.args
            yield replaced(call, changed(call, args=[condition, no, yes]))


def wrong_operator(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """a + b → a - b, a & b → a | b, a // b → a % b"""
    for node in inside(kernel, ast.BinOp):
        if type(node.op) in INSTEAD:
            yield replaced(node, changed(node, op=INSTEAD[type(node.op)]))


def wrong_function(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.sum → tl.max, tl.exp → tl.exp2"""
    for call in inside(kernel, ast.Call):
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            owner, name = call.func.value.id, call.func.attr
            if owner in ("tl", "libdevice") and name in WRONG_FUNCTION:
                yield Edit(call.func, f"tl.{WRONG_FUNCTION[name]}")


def dropped_where(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.where(c, a, b) → a"""
    for call in inside(kernel, ast.Call):
        if called(call) == "where" and len(call.args) == 3:
            yield replaced(call, call.args[1])


def dropped_transpose(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.trans(x) → x"""
    for call in inside(kernel, ast.Call):
        if called(call) == "trans" and len(call.args) == 1:
            yield replaced(call, call.args[0])
