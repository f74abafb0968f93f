"""Where a mutation goes, and how it is written: one node of a file replaced, every other byte kept.

In: parsed functions. Out: `Edit`s and the text with one applied. Not covered: names that are bound by anything but an
assignment or a loop.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
LOADS = ("load",)
STORES = ("store", "atomic_add", "atomic_max", "atomic_min", "atomic_xchg", "atomic_and", "atomic_or", "atomic_xor")


@dataclass(frozen=True)
class Edit:
    node: ast.expr | ast.stmt
    text: str


def replaced(node: ast.expr | ast.stmt, new: ast.expr | ast.stmt) -> Edit:
    """An expression goes into parentheses, because it may stand inside another one."""
    text = ast.unparse(ast.fix_missing_locations(new))
    atomic = isinstance(new, ast.stmt | ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.Tuple)
    return Edit(node, text if atomic else f"({text})")


def applied(text: str, edit: Edit) -> str:
    """Columns of the syntax tree count bytes of UTF-8."""
    lines = text.encode().splitlines(keepends=True)
    node = edit.node
    assert node.end_lineno is not None and node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    whole = b"".join(lines)
    return (whole[:start] + edit.text.encode() + whole[end:]).decode()


def kernels_of(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions under `@triton.jit`, and those that kernels call."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and is_kernel(node)]


def host_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions and methods that launch kernels."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and not is_kernel(node)]
    return [function for function in functions if any(launches(function))]


def is_kernel(function: ast.FunctionDef) -> bool:
    return any("jit" in _last_names(decorator) for decorator in function.decorator_list)


def launches(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """Calls of the form `kernel[grid](...)`."""
    for node in inside(function, ast.Call):
        if isinstance(node.func, ast.Subscript) and isinstance(node.func.value, ast.Name):
            yield node


def _last_names(decorator: ast.expr) -> set[str]:
    names = {node.attr for node in ast.walk(decorator) if isinstance(node, ast.Attribute)}
    return names | {node.id for node in ast.walk(decorator) if isinstance(node, ast.Name)}


def inside(function: ast.FunctionDef, kind: type[Node]) -> Iterator[Node]:
    """Nodes of the body: decorators, defaults and annotations are left alone."""
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, kind):
                yield node


def called(node: ast.AST) -> str:
    """The last name of what is called: `tl.load(...)` is load; '' for what is no such call."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def accesses(function: ast.FunctionDef, names: tuple[str, ...] = (*LOADS, *STORES)) -> Iterator[ast.Call]:
    """Loads, stores and atomics: calls of tl whose first argument is an address."""
    for node in inside(function, ast.Call):
        if called(node) in names and node.args and ast.unparse(node.func).startswith("tl."):
            yield node


def changed(node: Node, **fields: object) -> Node:
    """A copy with other fields. Copies are shallow where nothing changes; nothing is edited in place."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def address_names(function: ast.FunctionDef) -> set[str]:
    """Names that addresses are made of, and the names that those are made of."""
    names = {name for call in accesses(function) for name in _names(call.args[0])}
    while True:
        more = set(names)
        for assigned, value in _assignments(function):
            if assigned & names:
                more |= _names(value)
        if more == names:
            return names
        names = more


def address_nodes(function: ast.FunctionDef) -> set[ast.AST]:
    """Every node that takes part in computing an address, as opposed to a value or a mask."""
    names = address_names(function)
    roots = [call.args[0] for call in accesses(function)]
    # What is loaded is a value, also where it names a place, as an index of an embedding does.
    roots += [v for assigned, v in _assignments(function) if assigned & names and called(v) not in LOADS]
    return {node for root in roots for node in _without_masks(root)}


def _without_masks(root: ast.AST) -> Iterator[ast.AST]:
    yield root
    for child in ast.iter_child_nodes(root):
        if not isinstance(child, ast.keyword):
            yield from _without_masks(child)


def _assignments(function: ast.FunctionDef) -> Iterator[tuple[set[str], ast.expr]]:
    for statement in inside(function, ast.stmt):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _bound(target, statement.value)
        elif isinstance(statement, ast.AugAssign):
            yield _names(statement.target), statement.value


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[set[str], ast.expr]]:
    pairwise = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
    if pairwise:
        assert isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        for one, its in zip(target.elts, value.elts, strict=True):
            yield _names(one), its
    else:
        yield _names(target), value


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"tl", "triton", "libdevice"}
