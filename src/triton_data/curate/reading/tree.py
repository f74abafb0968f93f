"""A text's structure, with everything taken off that does not change what it computes.

In: Python text. Out: two hashes. `tree` ignores names that its author chose, comments, docstrings, annotations,
decorators, imports' spelling, the order of keyword arguments, and input functions; `skeleton` ignores numbers and
strings too. Not covered: reordered statements or another way to write the same computation (steps.py,
benchmarks/trace.py).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triton_data.curate.reading.printing import Printer
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
class _Printer(Printer):
    """Words in the order of the tree; a constant is a one-element tuple, so that the skeleton can leave it out."""

    imports: dict[str, str]
    words: list[str | tuple[str]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def block(self, body: Sequence[ast.AST]) -> None:
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
                continue
            if isinstance(statement, ast.FunctionDef) and statement.name in INPUTS:
                continue
            self.print(statement)
        self.words.append("end")

    def _say(self, word: str) -> None:
        self.words.append(word)

    def _list(self, values: list[ast.AST]) -> None:
        if values and isinstance(values[0], ast.stmt):
            self.block(values)
            return
        for item in values:
            self._value(item)
        self.words.append("end")

    def _named(self, name: str) -> str:
        return self.numbers.setdefault(name, f"n{len(self.numbers)}")

    def _Name(self, node: ast.Name) -> None:
        if node.id in self.imports:
            self.words.append(self.imports[node.id])
        elif node.id in _BUILTINS and node.id not in self.numbers:
            self.words.append(node.id)
        else:
            self.words.append(self._named(node.id))

    def _Attribute(self, node: ast.Attribute) -> None:
        full = dotted(node, self.imports)
        if full:
            self.words.append(full)
            return
        self.print(node.value)
        own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "ctx")
        self.words.append("." + (self._named(f".{node.attr}") if own else node.attr))

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

    def _FunctionDef(self, node: ast.FunctionDef) -> None:
        self.words += ["def", self._named(node.name)]
        self.print(node.args)
        self.block(node.body)

    def _ClassDef(self, node: ast.ClassDef) -> None:
        self.words += ["class", self._named(node.name)]
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


def _is_text(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str | type(...))
    )
