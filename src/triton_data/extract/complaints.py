"""What code says about the lines that fail: the condition that stands there, and the sizes that are asked about.

Enters: the syntax tree of the standalone file. Leaves: for a line the condition of its `assert`, or of the `if` around
its `raise`; for lines the integers that the functions around them compare something with. The tree is walked once.
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
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert):
                self._conditions.append((*_lines(node), node.test))
            elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
                self._conditions.append((*_lines(node.body[-1]), node.test))
            elif isinstance(node, ast.FunctionDef):
                self._functions.append((*_lines(node), node))

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
