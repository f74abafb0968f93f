"""Remainders and quotients that bounds make superfluous: `(w + 32*h + 1024*c) % 1024` is `w + 32*h` where h < 32.

In: an index expression, and how large each axis is. Out: the same number. Only where every size is a number; symbolic
ones stay as they are.
"""

from __future__ import annotations

import ast

from triton_data.rewrite.templates.addresses import coefficients


def simplified(index: ast.expr, sizes: dict[str, ast.expr]) -> ast.expr:
    known = {name: size.value for name, size in sizes.items() if isinstance(size, ast.Constant)}

    class Fold(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            self.generic_visit(node)
            match node:
                case ast.BinOp(left=inner, op=ast.Mod() | ast.FloorDiv() as op, right=ast.Constant(value=int(by))):
                    return _split(inner, by, isinstance(op, ast.Mod), known) or node
            return node

    return Fold().visit(index)  # type: ignore[no-any-return]


def _split(inner: ast.expr, by: int, remainder: bool, sizes: dict[str, object]) -> ast.expr | None:
    terms = coefficients(inner, {*sizes})
    if terms is None or not all(isinstance(each, ast.Constant) and isinstance(each.value, int) for each in terms.values()):
        return None
    numbers = {name: each.value for name, each in terms.items() if isinstance(each, ast.Constant)}
    low = {name: value for name, value in numbers.items() if value % by}
    largest = sum(int(str(value)) * ((int(str(sizes[name])) - 1) if name else 1) for name, value in low.items())
    if any(value < 0 for value in numbers.values()) or largest >= by:
        return None
    if remainder:
        return _sum(low)
    return _sum({name: value // by for name, value in numbers.items() if name not in low})


def _sum(terms: dict[str, int]) -> ast.expr:
    parts = [name if value == 1 and name else f"{value} * {name}" if name else str(value) for name, value in terms.items()]
    return ast.parse(" + ".join(parts) or "0", mode="eval").body
