"""What forward returns: the structure of the program's result around the graph's outputs.

In: the expression that the capture recorded, such as `(out[0], {'loss': out[1]})`, and the host code's values. Out: the
expression to return. Declined where the capture could not tell: then Python outside the graph made a part of it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from triton_data.rewrite.host import graph_inputs
from triton_data.rewrite.reasons import Declined, Reason


def expression(returns: str, values: Sequence[ast.expr], is_class: bool) -> str:
    if not returns:
        raise Declined(Reason.RESULT, "more than the graph makes the result")
    return ast.unparse(_Filled(values, is_class).visit(ast.parse(returns, mode="eval").body))


class _Filled(ast.NodeTransformer):
    def __init__(self, values: Sequence[ast.expr], is_class: bool) -> None:
        self.values, self.is_class = values, is_class

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        match node:
            case ast.Subscript(value=ast.Name(id="out"), slice=ast.Constant(value=int(index))):
                return self.values[index]
        return self._source(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._source(node)

    def _source(self, node: ast.expr) -> ast.expr:
        (text,) = graph_inputs.expressions([ast.unparse(node)], self.is_class)
        return ast.parse(text, mode="eval").body
