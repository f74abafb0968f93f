"""What a kept constructor holds that the new file does not use: annotations, and plain attributes of other libraries.

In: the class or function as it was kept, and the attributes that the new file reads. Out: the same without annotations,
and without `self.op = operator.mul` where nothing reads `op`: the import behind it then goes as well. Not covered:
attributes that a call of torch makes; they may be parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from triton_data.rewrite import tree

# What a constructor may call for its effect on the module: parameters, buffers and their values.
_OURS = frozenset(["torch", "nn", "F", "math", "super", "self", "init"])


def without_annotations(node: ast.stmt) -> ast.stmt:
    """Names in annotations would bring imports along; a dataclass needs them, so classes' own fields keep theirs."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            each.returns = None
            arguments = each.args
            for arg in (
                *arguments.posonlyargs,
                *arguments.args,
                *arguments.kwonlyargs,
                arguments.vararg,
                arguments.kwarg,
            ):
                if arg is not None:
                    arg.annotation = None
            each.body = [_plain(statement) for statement in each.body]
    return node


def _plain(statement: ast.stmt) -> ast.stmt:
    match statement:
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return ast.copy_location(ast.Assign([target], value), statement)
    return statement


def without_attributes(node: ast.ClassDef, foreign: Iterable[str], read: set[str]) -> None:
    """`foreign` are names of imported libraries that are not torch's; `read` the attributes that others read."""
    names = set(foreign) - _OURS
    for method in node.body:
        if isinstance(method, ast.FunctionDef):
            kept = [each for each in method.body if not _unread(each, names, read | _read_in(node))]
            method.body = kept or [ast.Pass()]


def _unread(statement: ast.stmt, foreign: set[str], read: set[str]) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
            return name not in read and bool(set(tree.used(value)) & foreign)
    return False


def _read_in(node: ast.AST) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Load)}
