"""What code says about the lines that fail: the condition that stands there, and the sizes that are asked about.

In: the syntax tree of the standalone file. Out: for a line the condition of its `assert`, of the `if`s around
its `raise`, or the one that it hands to a function, as `check(x.ndim == 3, "...")` does; for lines the integers that
the functions around them compare something with. The tree is walked once.
Not covered: conditions in other files, sizes that are kept in variables.
"""

from __future__ import annotations

import ast

_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SIZES = range(8, 1025)


class Complaints:
    def __init__(self, tree: ast.Module) -> None:
        self._conditions: list[tuple[int, int, ast.expr]] = []
        self._functions: list[tuple[int, int, ast.AST]] = []
        self._read(tree, ())

    def _read(self, node: ast.AST, inside: tuple[ast.expr, ...]) -> None:
        """`inside`: the conditions of the `if`s around it, innermost first, whichever way they went."""
        if isinstance(node, ast.FunctionDef):
            self._functions.append((*_lines(node), node))
            inside = ()
        test = _stated(node, inside)
        if test is not None and isinstance(node, ast.stmt):
            self._conditions.append((*_lines(node), test))
        if isinstance(node, ast.If):
            inside = (node.test, *inside)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr):
                self._read(child, inside)

    def condition(self, line: int) -> str:
        return next((ast.unparse(test) for first, last, test in self._conditions if first <= line <= last), "")

    def sizes(self, lines: list[int]) -> tuple[int, ...]:
        """Limits such as the 64 in `if length <= 64:`, those next to where it failed first."""
        found: dict[int, None] = {}
        for line in reversed(lines):
            for first, last, function in self._functions:
                if first <= line <= last:
                    found.update(dict.fromkeys(_compared(function)))
        return tuple(found)


def _stated(node: ast.AST, inside: tuple[ast.expr, ...]) -> ast.expr | None:
    if isinstance(node, ast.Assert):
        return node.test
    if isinstance(node, ast.Raise) and inside:
        return inside[0] if len(inside) == 1 else ast.Tuple(list(inside[:3]))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
        first = node.value.args[0]
        return first if isinstance(first, ast.Compare | ast.BoolOp) else None
    return None


def _lines(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _compared(function: ast.AST) -> list[int]:
    return [
        side.value
        for node in ast.walk(function)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], _ORDERS)
        for side in (node.left, node.comparators[0])
        if isinstance(side, ast.Constant) and type(side.value) is int and side.value in _SIZES
    ]
