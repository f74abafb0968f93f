"""`and`, `or` and `not` in a kernel as the compiler takes them: on blocks element by element, without short cuts. And
loops, whose bounds may be other ones in each program (loops.py).

Triton's interpreter leaves them to Python, for which every block is true. In: a kernel's syntax tree, when it is
rewritten for the interpreter; and, when it runs, the operands as functions. A dtype has a `value`, as the constexpr
has that the compiler makes of it. Not covered: conditional expressions over blocks, which the compiler refuses.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import triton.language as tl
from triton.runtime import interpreter

from triton_data.verify.jailed.interpreter import loops

COMBINED, NEGATED, STEPS = "__triton_data_combined__", "__triton_data_negated__", "__triton_data_steps__"


class Transformer(interpreter.ASTTransformer):  # type: ignore[misc]
    def visit_Assign(self, node: ast.Assign) -> Any:
        node.value = self.visit(node.value)
        return super().visit_Assign(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        self.generic_visit(node)
        no_arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        operands: list[ast.expr] = [ast.Lambda(args=no_arguments, body=value) for value in node.values]
        is_and = ast.Constant(value=isinstance(node.op, ast.And))
        return ast.Call(func=ast.Name(id=COMBINED, ctx=ast.Load()), args=[is_and, *operands], keywords=[])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Not):
            return node
        return ast.Call(func=ast.Name(id=NEGATED, ctx=ast.Load()), args=[node.operand], keywords=[])

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        if isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) in ("range", "tl.range"):
            node.iter.func = ast.Name(id=STEPS, ctx=ast.Load())
        return node


def combined(is_and: bool, *operands: Callable[[], Any]) -> Any:
    """A constant may decide; of tensors all are evaluated."""
    tensors: list[Any] = []
    value: Any = is_and
    for operand in operands:
        value = operand()
        if isinstance(value, tl.tensor):
            tensors.append(value)
        elif bool(value) is not is_and:
            return value
    if not tensors:
        return value
    semantic = interpreter.interpreter_semantic
    method = semantic.logical_and if is_and else semantic.logical_or
    result = tensors[0]
    for other in tensors[1:]:
        result = method(result, other)
    return result


def negated(value: Any) -> Any:
    return interpreter.interpreter_semantic.not_(value) if isinstance(value, tl.tensor) else not value


def install() -> None:
    setattr(interpreter, COMBINED, combined)  # whose globals every rewritten kernel is given
    setattr(interpreter, NEGATED, negated)
    setattr(interpreter, STEPS, loops.steps)
    interpreter.FunctionRewriter.ast_transformer = Transformer()
    if not hasattr(tl.dtype, "value"):
        tl.dtype.value = property(lambda self: self)
