"""A temporary that is read once moves into the expression that reads it, while the line stays readable.

Order of evaluation is kept by the syntax tree. Not moved: loads and calls with effects, as a store may lie between;
anything into a loop; results of reductions, which deserve a name.
"""

from __future__ import annotations

import ast
import re

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel

LONGEST = 84  # characters of the line that it would become
_START = re.compile(r"^[xyz]offset$")  # a block's first index: `xoffset = tl.program_id(0) * XBLOCK`
_PURE = (
    "tl.program_id",
    "libdevice.",
    "tl_math.",
    "tl.where",
    "tl.sqrt_rn",
    "tl.exp",
    "tl.log",
    "tl.sigmoid",
    "triton_helpers.m",
)


def apply(kernel: Kernel) -> None:
    changed = True
    while changed:
        changed = any(_one(block, kernel.function.body) for block in list(tree.blocks(kernel.function.body)))


def _one(block: list[ast.stmt], body: list[ast.stmt]) -> bool:
    reads, writes = tree.uses_in(body), tree.definitions(body)
    for index, statement in enumerate(block):
        pair = tree.single(statement)
        if pair is None or not (tree.TEMPORARY.match(pair[0]) or _START.match(pair[0])) or not _pure(pair[1]):
            continue
        name, value = pair
        if reads[name] != 1 or writes[name] != 1:
            continue
        for later in block[index + 1 :]:
            if tree.used(later)[name]:
                if isinstance(later, ast.For) or len(ast.unparse(later)) + len(ast.unparse(value)) > LONGEST:
                    break
                tree.substitute(holder := [later], {name: value})
                block[block.index(later)] = holder[0]
                block.remove(statement)
                return True
            if set(tree.assigned(later)) & set(tree.used(value)):
                break
    return False


def _pure(node: ast.expr) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            name = tree.called(inner)
            is_cast = isinstance(inner.func, ast.Attribute) and inner.func.attr == "to"
            if not is_cast and not name.startswith(_PURE):
                return False
            if name in ("triton_helpers.max2", "triton_helpers.min2"):
                return False
    return not isinstance(node, ast.Subscript)
