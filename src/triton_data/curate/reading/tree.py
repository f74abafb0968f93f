"""A text's structure, with everything taken off that does not change what it computes.

In: Python text. Out: two hashes. `tree` ignores names that its author chose, comments, docstrings, annotations,
decorators, imports' spelling, the order of keyword arguments, and input functions; `skeleton` ignores numbers and
strings too. Not covered: reordered statements or another way to write the same computation (steps.py,
benchmarks/trace.py).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from triton_data.records import digest

INPUTS = frozenset({"get_inputs", "get_init_inputs", "get_more_inputs"})  # no part of what a text is, to any reader
_BUILTINS = set(dir(builtins))


@dataclass(frozen=True)
class Hashes:
    tree: str
    skeleton: str


def parse(text: str) -> ast.Module | None:
    """None where Python cannot read it: a syntax error, a NUL byte, or nesting that no stack holds."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def hashes(module: ast.Module) -> Hashes:
    """Both empty where the tree is too deep to walk."""
    printer = _Printer(imported(module))
    try:
        printer.block(module.body)
    except RecursionError:
        return Hashes("", "")
    skeleton = "\0".join(word if isinstance(word, str) else "0" for word in printer.words)
    tree = "\0".join(word if isinstance(word, str) else word[0] for word in printer.words)
    return Hashes(digest("tree", tree), digest("skeleton", skeleton))


def imported(module: ast.Module) -> dict[str, str]:
    """Local name to full dotted name, such as F to torch.nn.functional."""
    names = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    names[alias.asname] = alias.name
                else:
                    names[alias.name.split(".")[0]] = alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
    return names


@dataclass
class _Printer:
    """Words in the order of the tree; a constant is a one-element tuple, so that the skeleton can leave it out."""

    imports: dict[str, str]
    words: list[str | tuple[str]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
                continue
            if isinstance(statement, ast.FunctionDef) and statement.name in INPUTS:
                continue
            self.print(statement)
        self.words.append("end")

    def print(self, node: ast.AST) -> None:
        own = getattr(self, f"_{type(node).__name__}", None)
        if own is not None:
            own(node)
            return
        self.words.append(type(node).__name__)
        for name, value in ast.iter_fields(node):
            if name in ("ctx", "annotation", "returns", "type_comment", "decorator_list", "kind", "type_params"):
                continue
            self._value(value)

    def _value(self, value: object) -> None:
        if isinstance(value, ast.AST):
            self.print(value)
        elif isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                self.block(value)
            else:
                for item in value:
                    self._value(item)
                self.words.append("end")
        elif isinstance(value, str):
            self.words.append(self._renamed(value))
        else:
            self.words.append(repr(value))

    def _renamed(self, name: str) -> str:
        return self.numbers.setdefault(name, f"n{len(self.numbers)}")

    def _Name(self, node: ast.Name) -> None:
        if node.id in self.imports:
            self.words.append(self.imports[node.id])
        elif node.id in _BUILTINS and node.id not in self.numbers:
            self.words.append(node.id)
        else:
            self.words.append(self._renamed(node.id))

    def _Attribute(self, node: ast.Attribute) -> None:
        full = dotted(node, self.imports)
        if full:
            self.words.append(full)
            return
        self.print(node.value)
        own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "ctx")
        self.words.append("." + (self._renamed(f".{node.attr}") if own else node.attr))

    def _Constant(self, node: ast.Constant) -> None:
        self.words.append((repr(node.value),) if not isinstance(node.value, bool | None) else repr(node.value))

    def _Call(self, node: ast.Call) -> None:
        self.words.append("call")
        self.print(node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return  # super() and super(Class, self) are the same
        self._value(list(node.args))
        for keyword in sorted(node.keywords, key=lambda each: each.arg or "~"):
            self.words.append(keyword.arg or "**")
            self.print(keyword.value)
        self.words.append("end")

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.print(ast.Assign([node.target], node.value))

    def _FunctionDef(self, node: ast.FunctionDef) -> None:
        self.words += ["def", self._renamed(node.name)]
        self.print(node.args)
        self.block(node.body)

    def _ClassDef(self, node: ast.ClassDef) -> None:
        self.words += ["class", self._renamed(node.name)]
        self._value(list(node.bases))
        self.block(node.body)


def dotted(node: ast.expr, imports: dict[str, str]) -> str:
    """The full name that an attribute chain on an import means, or ''."""
    parts = list(_chain(node))
    if not parts or parts[-1] not in imports:
        return ""
    return ".".join([imports[parts[-1]], *reversed(parts[:-1])])


def _chain(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    yield node.id if isinstance(node, ast.Name) else ""


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str | type(...))
    )
