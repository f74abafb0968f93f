"""Sizes that a kernel was going to compute, in the host's Python: `//`, `%` and `max` instead of what stood for them.

In: an expression of a template, as Inductor prints it for Triton. Out: the same with Python's operators. Not covered:
other helpers, which sizes do not use.
"""

from __future__ import annotations

import ast

_OPERATORS = {"triton_helpers.div_floor_integer": ast.FloorDiv(), "triton_helpers.remainder_integer": ast.Mod()}


class OnHost(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if (operator := _OPERATORS.get(ast.unparse(node.func))) is not None:
            return ast.BinOp(node.args[0], operator, node.args[1])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """`a * (a >= b) + b * (b > a)` is how the larger of two is said without a branch."""
        self.generic_visit(node)
        match node:
            case ast.BinOp(
                left=ast.BinOp(left=one, op=ast.Mult(), right=ast.Compare() as first),
                op=ast.Add(),
                right=ast.BinOp(left=other, op=ast.Mult(), right=ast.Compare() as second),
            ):
                a, b = ast.unparse(one), ast.unparse(other)
                if (ast.dump(first), ast.dump(second)) == (_compared(a, ">=", b), _compared(b, ">", a)):
                    return ast.Call(ast.Name("max", ast.Load()), [one, other], [])
        return node


def _compared(left: str, sign: str, right: str) -> str:
    return ast.dump(ast.parse(f"({left}) {sign} ({right})", mode="eval").body)
