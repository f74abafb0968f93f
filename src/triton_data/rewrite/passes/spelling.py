"""Loads and stores as people write them: the mask by name, no cache hints, no empty slices.

Cache hints (`eviction_policy`) are Inductor's guess for one size on one GPU; they change no result and go. Filled
scalar blocks that only stand for a number in an index (`tl.full([XBLOCK], 0, tl.int32)`) stay: their shape matters.
"""

from __future__ import annotations

import ast
import re

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel

_MASK_POSITION = {"tl.load": 1, "tl.store": 2}
_ASSERTION = re.compile(r"\btmp\d+\b")


class _Spell(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = tree.called(node)
        if name in _MASK_POSITION:
            position = _MASK_POSITION[name]
            if len(node.args) > position:
                mask = node.args.pop(position)
                if not (isinstance(mask, ast.Constant) and mask.value is None):
                    node.keywords.insert(0, ast.keyword("mask", mask))
            node.keywords = [k for k in node.keywords if k.arg != "eviction_policy"]
            if not any(k.arg == "mask" for k in node.keywords):
                node.keywords = [k for k in node.keywords if k.arg != "other"]
        if name == "tl.device_assert" and len(node.args) == 2:
            node.args[1] = ast.Constant("index out of bounds")
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        whole = isinstance(node.slice, ast.Slice) and not (node.slice.lower or node.slice.upper or node.slice.step)
        return node.value if whole else node


def apply(kernel: Kernel) -> None:
    kernel.function.body = [_Spell().visit(statement) for statement in kernel.function.body]
