"""Which names of a text are its author's: definitions, attributes of its own classes, local variables.

In: syntax trees. Out: tables of names. A method that something outside calls by its name (`forward`, `__init__`, what
overrides a method of a class that is not in the text) is nobody's own. Not covered: what the names mean (computes.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CALLED = {"forward", "backward", "setup_context", "apply", "jvp", "vmap"}
_PLAIN = {"Module", "object", "Function", "ABC", "NamedTuple", "Protocol"}  # bases that call none of the others
_SELF = ("self", "cls", "ctx")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Definitions:
    by_name: dict[str, list[ast.stmt]]  # the statements at the top level that bind it
    attributes: frozenset[str]  # own methods, and what is assigned to `self.` or in a class
    places_of: dict[str, dict[str, int]]  # function or class -> parameter -> its place

    @classmethod
    def of(cls, module: ast.Module) -> Definitions:
        by_name: dict[str, list[ast.stmt]] = {}
        for statement in module.body:
            for name in dict.fromkeys(_bound(statement)):
                by_name.setdefault(name, []).append(statement)
        return cls(by_name, frozenset(_attributes(list(ast.walk(module)))), _places(module))

    def places(self, function: ast.expr) -> dict[str, int]:
        if isinstance(function, ast.Subscript):  # kernel[grid](...)
            function = function.value
        if isinstance(function, ast.Name):
            return self.places_of.get(function.id, {})
        if isinstance(function, ast.Attribute) and function.attr in self.attributes:
            return self.places_of.get(f".{function.attr}", {})
        return {}


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        return
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.ClassDef | ast.FunctionDef):
                yield node.name


def _attributes(nodes: list[ast.AST]) -> Iterator[str]:
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    known = {node.name for node in classes}
    for node in classes:
        alone = all(_last(base) in _PLAIN | known for base in node.bases)
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                if alone and each.name not in CALLED and not each.name.startswith("__"):
                    yield each.name
            else:
                yield from (name for name in _bound(each) if not name.startswith("__"))
    stores = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    yield from (node.attr for node in stores if isinstance(node.value, ast.Name) and node.value.id in _SELF)


def _last(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""


def _places(module: ast.Module) -> dict[str, dict[str, int]]:
    """A method's parameters are counted without `self`."""
    found: dict[str, dict[str, int]] = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = {name: i for i, name in enumerate(parameters(node.args))}
        elif isinstance(node, ast.ClassDef):
            for method in (each for each in node.body if isinstance(each, ast.FunctionDef)):
                name = node.name if method.name == "__init__" else f".{method.name}"
                found[name] = {name: i for i, name in enumerate(list(parameters(method.args))[1:])}
    return found


def parameters(arguments: ast.arguments) -> Iterator[str]:
    yield from (each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def locals_of(node: ast.AST) -> frozenset[str]:
    """What a function binds, with the functions and comprehensions inside it; nothing at the top level."""
    if not isinstance(node, _FUNCTION):
        return frozenset()
    return frozenset(_locals(ast.walk(node), node))


def _locals(nodes: Iterable[ast.AST], whole: ast.AST) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if node is not whole:
                yield name
