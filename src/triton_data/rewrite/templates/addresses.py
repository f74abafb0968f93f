"""Addresses as strides: `out_ptr + rows * stride_om + cols` for `out_ptr1 + (idx_n + 512*idx_m)`.

In: an index expression and the names that stand for axes. Out: the coefficient of each axis, or None where the index is
not linear in them (a broadcast over a part of the rows, a view that folds two axes): then it stays as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.rewrite import tree


def coefficients(index: ast.expr, axes: set[str]) -> dict[str, ast.expr] | None:
    """axis -> what it is multiplied with; '' is what is added besides."""
    found: dict[str, ast.expr] = {}
    for term in terms_of(index):
        factors = list(_factors(term))
        own = [each for each in factors if isinstance(each, ast.Name) and each.id in axes]
        rest = [each for each in factors if each not in own]
        if len(own) > 1 or any(set(tree.used(each)) & axes for each in rest):
            return None
        axis = own[0].id if own else ""
        value = _product(rest)
        assert isinstance(axis, str)
        found[axis] = value if axis not in found else ast.BinOp(found[axis], ast.Add(), value)
    return found


def terms_of(node: ast.expr) -> Iterator[ast.expr]:
    return _operands(node, ast.Add)


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    return _operands(node, ast.Mult)


def _operands(node: ast.expr, operator: type[ast.operator]) -> Iterator[ast.expr]:
    """Of the same operator over and over, from left to right."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        yield from _operands(node.left, operator)
        yield from _operands(node.right, operator)
    else:
        yield node


def _product(factors: list[ast.expr]) -> ast.expr:
    if not factors:
        return ast.Constant(1)
    value = factors[0]
    for each in factors[1:]:
        value = ast.BinOp(value, ast.Mult(), each)
    return value


def is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def plain(node: ast.expr) -> ast.expr:
    """Without broadcasts: an address needs none, its mask and its neighbours give it its shape."""

    class Drop(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.expr:
            self.generic_visit(call)
            if tree.called(call) == "tl.broadcast_to":
                return call.args[0]
            if isinstance(call.func, ast.Attribute) and call.func.attr == "broadcast_to":  # of a value
                return call.func.value
            return call

    return Drop().visit(tree.expression(ast.unparse(node)))  # type: ignore[no-any-return]


def total(terms: list[ast.expr]) -> ast.expr:
    value = terms[0] if terms else ast.Constant(0)
    for each in terms[1:]:
        value = ast.BinOp(value, ast.Add(), each)
    return value
