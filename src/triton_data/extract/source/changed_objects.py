"""Which module-level objects a statement changes: they must bring that statement along.

In: the AST of one module-level statement, or the text of a definition. Out: names of what it assigns into or
calls a changing method of, or of what decorates it.
Not covered: changes made by functions that it calls.
"""

from __future__ import annotations

import ast
import re

_DECORATED = re.compile(r"^@[ \t]*(\w+)[ \t]*\.", re.M)
_MUTATORS = frozenset(("append", "extend", "update", "add", "insert", "setdefault", "remove", "pop"))


def written_roots(statement: ast.stmt) -> set[str]:
    """`X[k] = v`, `X.y = v`, `X += v`, `X.append(v)`: what must come along with X.

    So must any `X.method()` that is a statement of its own: it stands there for what it does."""
    roots: set[str] = set()
    alone = statement.value if isinstance(statement, ast.Expr) else None
    for node in ast.walk(statement):
        target: ast.AST | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            target = node.value
        elif isinstance(node, ast.AugAssign):
            target = node.target
        elif isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Attribute) and (func.attr in _MUTATORS or node is alone):
                target = func.value
            elif isinstance(func, ast.Name) and func.id == "setattr" and node.args:
                target = node.args[0]
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
        if isinstance(target, ast.Name):
            roots.add(target.id)
    return roots


def decorating_roots(text: str) -> set[str]:
    """`@LAYERS.add("conv")` and `@f.register` hand a definition to LAYERS and to f."""
    return set(_DECORATED.findall(text)) if "@" in text else set()
