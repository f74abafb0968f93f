"""`tl.full([1, 1], 0.5, tl.float32)` becomes `0.5` where the literal means the same beside its neighbour.

A literal takes the type of the block it meets, so it may stand in for a constant only where that is the constant's own
type: float32 beside float32 or an integer block, an integer beside a float32 or its own type. Elsewhere (float64, where
a literal would lose digits; two constants together) it stays.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.kernel.infer import Value, infer, value_of

_TWO = ("triton_helpers.maximum", "triton_helpers.minimum")


def apply(kernel: Kernel) -> None:
    body = kernel.function.body
    constants = _constants(body)
    if not constants:
        return
    known = infer(kernel)
    counts = tree.definitions(body)
    changer = _Literals({n: c for n, c in constants.items() if counts[n] == 1}, known)
    kernel.function.body = [changer.visit(statement) for statement in body]


def _constants(body: list[ast.stmt]) -> dict[str, tuple[ast.expr, str]]:
    """name -> (literal, type) for every name that is a filled block of size one."""
    found = {}
    for statement in tree.statements(body):
        match tree.single(statement):
            case (name, ast.Call(args=[ast.List(elts=sizes), value, dtype]) as call) if tree.called(call) == "tl.full":
                if all(isinstance(s, ast.Constant) and s.value == 1 for s in sizes) and _is_number(value):
                    found[name] = (value, ast.unparse(dtype).removeprefix("tl."))
    return found


def _is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and type(inner.value) in (int, float)


class _Literals(ast.NodeTransformer):
    def __init__(self, constants: dict[str, tuple[ast.expr, str]], known: dict[str, Value]) -> None:
        self.constants, self.known = constants, known

    def _literal(self, node: ast.expr, beside: ast.expr) -> ast.expr:
        if not isinstance(node, ast.Name) or node.id not in self.constants:
            return node
        if isinstance(beside, ast.Name) and beside.id in self.constants:
            return node
        literal, dtype = self.constants[node.id]
        other = value_of(beside, self.known)
        same = other.dtype == dtype and other.axes is not None
        float_beside_int = dtype == "float32" and other.dtype in ("int32", "int64", "int1") and bool(other.axes)
        int_beside_float = dtype in ("int32", "int64") and other.dtype == "float32"
        return literal if (same and dtype != "float64") or float_beside_int or int_beside_float else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left = self._literal(node.left, node.right)
        right = self._literal(node.right, node.left)
        node.left, node.right = self.visit(left), self.visit(right)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        if len(node.comparators) == 1:
            left = self._literal(node.left, node.comparators[0])
            right = self._literal(node.comparators[0], node.left)
            node.left, node.comparators = left, [right]
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = tree.called(node)
        if name in _TWO and len(node.args) == 2:
            first, second = node.args
            node.args = [self._literal(first, second), self._literal(second, first)]
        elif name == "tl.where" and len(node.args) == 3:
            condition, first, second = node.args
            node.args = [condition, self._literal(first, second), self._literal(second, first)]
        return self.generic_visit(node)  # type: ignore[return-value]
