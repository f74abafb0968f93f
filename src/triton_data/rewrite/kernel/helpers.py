"""The device functions that Inductor's kernels call, as text to stand in the file itself.

In: the names after `triton_helpers.` that a kernel uses. Out: those functions and what they call in turn, read from the
torch that made the capture, so that they are exactly the ones it meant. Nothing is imported from private modules by
the result. Not covered: helpers that need a launcher of their own (cooperative grids): declined.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.util
import re
from pathlib import Path

from triton_data.rewrite import tree
from triton_data.rewrite.reasons import Declined, Reason

PREFIX = "triton_helpers."
_MODULE = "torch._inductor.runtime.triton_helpers"
# Names of that module which a standalone file has, or imports under the same name.
_THERE = {"tl", "triton", "libdevice", "math", "pymath"}
IMPORTS = {"_log2": "from triton.language.standard import _log2"}
_BUILTINS = set(dir(builtins))


@functools.cache
def _library() -> tuple[str, dict[str, ast.stmt]]:
    spec = importlib.util.find_spec(_MODULE)
    assert spec is not None and spec.origin is not None
    text = Path(spec.origin).read_text()
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    return text, found


def closure(wanted: set[str]) -> list[str]:
    """Source texts in the library's own order."""
    text, library = _library()
    needed: set[str] = set()
    queue = list(wanted)
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        if name not in library:
            raise Declined(Reason.HELPER, name)
        needed.add(name)
        free = _free(library[name])
        if unknown := free - library.keys() - IMPORTS.keys():
            raise Declined(Reason.HELPER, f"{name} needs {sorted(unknown)}")
        queue += [n for n in free if n in library]
    return [_source(text, library[name]) for name in library if name in needed]


def _free(node: ast.stmt) -> set[str]:
    bound = {a.arg for f in ast.walk(node) if isinstance(f, ast.FunctionDef) for a in f.args.args}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {name for name in tree.used(node) if name not in bound | _THERE | _BUILTINS}


def _source(text: str, node: ast.stmt) -> str:
    first = node.lineno
    if isinstance(node, ast.FunctionDef):
        first = min([d.lineno for d in node.decorator_list] + [node.lineno])
    source = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    # `math` there is triton's and `pymath` is Python's: in the file each has its public name.
    return re.sub(r"\b(pymath|math)\.", lambda found: "math." if found[1] == "pymath" else "tl.math.", source)


class Unprefixed(ast.NodeTransformer):
    """`triton_helpers.maximum` becomes `maximum`, `tl_math.log` becomes `tl.log`; what was used is collected."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """`maximum` and `minimum` of the library are those of the language that keep NaN."""
        name = tree.called(node)
        if name in ("triton_helpers.maximum", "triton_helpers.minimum") and len(node.args) == 2:
            node.func = ast.Attribute(ast.Name("tl", ast.Load()), name.rpartition(".")[2], ast.Load())
            if isinstance(node.args[0], ast.Constant):
                node.args.reverse()
            node.keywords = [ast.keyword("propagate_nan", tree.expression("tl.PropagateNan.ALL"))]
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "triton_helpers":
            self.used.add(node.attr)
            return ast.Name(node.attr, ast.Load())
        if isinstance(node.value, ast.Name) and node.value.id == "tl_math":
            node.value.id = "tl"
        return node
