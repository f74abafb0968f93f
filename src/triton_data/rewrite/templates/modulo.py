"""Remainders and quotients that bounds make superfluous: `(w + 32*h + 1024*c) % 1024` is `w + 32*h` where h < 32.

In: an index expression, and how large each axis is. Out: the same number. Only where every size is a number; symbolic
ones stay as they are.
"""

from __future__ import annotations

import ast

from triton_data.rewrite.templates.addresses import coefficients


def simplified(index: ast.expr, sizes: dict[str, ast.expr]) -> ast.expr:
    known = {name: number for name, size in sizes.items() if (number := _number(size)) is not None}

    class Fold(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            self.generic_visit(node)
            match node:
                case ast.BinOp(left=inner, op=ast.Mod() | ast.FloorDiv() as op, right=ast.Constant(value=int(by))):
                    return _split(inner, by, isinstance(op, ast.Mod), known) or node
            return node

    return Fold().visit(index)  # type: ignore[no-any-return]


def _number(node: ast.expr) -> int | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def _split(inner: ast.expr, by: int, remainder: bool, sizes: dict[str, int]) -> ast.expr | None:
    terms = coefficients(inner, {*sizes})
    if terms is None:
        return None
    numbers = {name: number for name, each in terms.items() if (number := _number(each)) is not None}
    low = {name: number for name, number in numbers.items() if number % by}
    largest = sum(number * (sizes[name] - 1 if name else 1) for name, number in low.items())
    if len(numbers) < len(terms) or any(number < 0 for number in numbers.values()) or largest >= by:
        return None
    return _sum(low) if remainder else _sum({name: n // by for name, n in numbers.items() if name not in low})


def _sum(terms: dict[str, int]) -> ast.expr:
    parts = [f"{n} * {name}" if name and n != 1 else name or str(n) for name, n in terms.items()]
    return ast.parse(" + ".join(parts) or "0", mode="eval").body
