"""Which local variables a statement sets and reads, as far as reading a test's text can say.

In: nodes of a syntax tree. Out: names. A method that is called for its effect (`found.append(x)`) sets its
object, and a block sets what anything in it sets. Not covered: variables that closures or other functions change.
"""

from __future__ import annotations

import ast

# the same numbers, in memory of their own, on another device, or in another type
_COPYING = ("clone", "contiguous", "detach", "cuda", "cpu", "to", "requires_grad_", "float", "half", "bfloat16")


def defined(node: ast.AST) -> set[str]:
    return {name for inner in ast.walk(node) for name in _sets(inner)}


def _sets(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
            return [name]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return [name]
    return []


def loaded(node: ast.AST) -> set[str]:
    """Without those that it binds for itself: of loops, comprehensions, `with` and `lambda`."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)}
    return names - {name for inner in ast.walk(node) for name in _binds(inner)}


def _binds(node: ast.AST) -> list[str]:
    match node:
        case (
            ast.For(target=target) | ast.comprehension(target=target) | ast.withitem(optional_vars=ast.expr() as target)
        ):
            return [inner.id for inner in ast.walk(target) if isinstance(inner, ast.Name)]
        case ast.Lambda(args=arguments):
            return [inner.arg for inner in ast.walk(arguments) if isinstance(inner, ast.arg)]
    return []


def last_bound(node: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    """Target and value of `target = value` and `target: Kind = value`."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value
    if isinstance(node, ast.AnnAssign):
        return node.target, node.value
    return None, None


def stripped(value: ast.expr) -> ast.expr:
    """`x` of `x.clone().contiguous()`."""
    while (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _COPYING
        and not (isinstance(value.func.value, ast.Name) and value.func.value.id == "torch")
    ):  # fmt: skip
        value = value.func.value
    return value
