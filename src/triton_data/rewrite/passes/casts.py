"""A cast to the type that a value has already goes: `x.to(tl.float32)` of a float32.

Left alone: a value whose type cannot be told.
"""

from __future__ import annotations

import ast

from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.kernel.infer import Value, infer, value_of


class _Drop(ast.NodeTransformer):
    def __init__(self, known: dict[str, Value]) -> None:
        self.known = known

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "to" and len(node.args) == 1):
            return node
        wanted = ast.unparse(node.args[0]).removeprefix("tl.")
        return node.func.value if value_of(node.func.value, self.known).dtype == wanted else node


def apply(kernel: Kernel) -> None:
    dropper = _Drop(infer(kernel))
    kernel.function.body = [dropper.visit(statement) for statement in kernel.function.body]
