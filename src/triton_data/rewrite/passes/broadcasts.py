"""`tl.broadcast_to(value, [XBLOCK, R0_BLOCK])` goes where the value has that shape already.

Left alone: a value whose shape cannot be told, or one that really grows.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.kernel.infer import Value, infer, shape_axes, value_of


class _Drop(ast.NodeTransformer):
    def __init__(self, known: dict[str, Value]) -> None:
        self.known = known

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if tree.called(node) != "tl.broadcast_to" or len(node.args) != 2:
            return node
        wanted = shape_axes(node.args[1])
        has = value_of(node.args[0], self.known).axes
        return node.args[0] if wanted and wanted == has else node


def apply(kernel: Kernel) -> None:
    dropper = _Drop(infer(kernel))
    kernel.function.body = [dropper.visit(statement) for statement in kernel.function.body]
