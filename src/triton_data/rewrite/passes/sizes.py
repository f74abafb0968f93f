"""Sizes become arguments: `xnumel = 30` inside a kernel overrides the argument that the launch passes anyway.

A fixed block (`R0_BLOCK: tl.constexpr = 512`) becomes a parameter as well, so that the launch decides it; its value is
kept in `kernel.fixed`. Declines nothing.
"""

from __future__ import annotations

import ast
import re

from triton_data.rewrite.kernel.emitted import Kernel

_NUMEL = re.compile(r"^([xyz]|r\d_)numel$")
_BLOCK = re.compile(r"^([XYZ]|R\d_)BLOCK$")


def apply(kernel: Kernel) -> None:
    kernel.function.decorator_list = []
    kept: list[ast.stmt] = []
    for statement in kernel.function.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()) if _NUMEL.match(name):
                continue
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=int(size))) if _BLOCK.match(name):
                kernel.fixed[name] = size
                annotation = ast.parse("tl.constexpr", mode="eval").body
                if name not in kernel.parameters:
                    kernel.function.args.args.append(ast.arg(name, annotation))
                continue
        kept.append(statement)
    kernel.function.body = kept
