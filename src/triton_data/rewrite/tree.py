"""Small questions about a kernel's syntax tree that several transforms ask.

Inductor's kernels are straight-line blocks: assignments to names, stores, asserts, and `for` loops one level deep.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

TEMPORARY = re.compile(r"^_?tmp\d+(_\w+)?$")


def blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The body and every block nested in it, outermost first."""
    yield body
    for statement in body:
        for name in ("body", "orelse"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                yield from blocks(inner)


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for block in blocks(body):
        yield from block


def assigned(statement: ast.stmt) -> list[str]:
    """Names that a statement binds, loop variables included."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [statement.target]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def single(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """`name = value`, as a pair."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
    return None


def used(node: ast.AST) -> Counter[str]:
    return Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def uses_in(body: list[ast.stmt]) -> Counter[str]:
    total: Counter[str] = Counter()
    for statement in body:
        total += used(statement)
    return total


def definitions(body: list[ast.stmt]) -> Counter[str]:
    return Counter(name for statement in statements(body) for name in assigned(statement))


def called(node: ast.AST) -> str:
    """'tl.load' for a call of that name, else ''."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


class Substitute(ast.NodeTransformer):
    """Names that are read become the given expressions."""

    def __init__(self, by: dict[str, ast.expr]) -> None:
        self.by = by

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.by.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def substitute(body: list[ast.stmt], by: dict[str, ast.expr]) -> None:
    changer = Substitute(by)
    body[:] = [changer.visit(statement) for statement in body]


def substitute_in(values: list[ast.expr], by: dict[str, ast.expr]) -> None:
    changer = Substitute(by)
    values[:] = [changer.visit(value) for value in values]


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]
