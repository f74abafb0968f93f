"""PTX that Inductor writes for an approximation becomes the call that compiles to it.

`fma.rn.f32` is `tl.fma` and `rcp.approx.ftz.f32` is `libdevice.fast_dividef(1.0, x)`; bits that are read as a float32
become that number. Other instructions stay as they are.
"""

from __future__ import annotations

import ast
import struct

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel


def apply(kernel: Kernel) -> None:
    kernel.function.body = [_Plain().visit(statement) for statement in kernel.function.body]


class _Plain(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(args=[ast.Constant(value=str(text)), _, ast.List(elts=values)]) if (
                tree.called(node) == "tl.inline_asm_elementwise"
            ):
                return _called(text.split()[0], values) or node
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(args=[ast.List(elts=[]), ast.Constant(value=int(bits)), _]), attr="to"
                ),
                keywords=[ast.keyword(arg="bitcast")],
            ) if ast.unparse(node.args[0]) == "tl.float32":
                return ast.Constant(struct.unpack("<f", struct.pack("<I", bits))[0])
        return node


def _called(instruction: str, values: list[ast.expr]) -> ast.expr | None:
    if instruction == "fma.rn.f32":
        return ast.Call(tree.expression("tl.fma"), values, [])
    if instruction == "rcp.approx.ftz.f32":
        return ast.Call(tree.expression("libdevice.fast_dividef"), [ast.Constant(1.0), *values], [])
    return None
