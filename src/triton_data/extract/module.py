"""One file: its top-level statements as slices of the original text, and what each of them binds.

Enters: path and bytes. Leaves: a `Module`, or a `Broken` that says why not. Comment lines that touch a statement from
above belong to it, as does everything on its last line, so that slices put together again read as the author wrote.
Functions and classes are found by where they begin (outline.py) and parsed when somebody asks what is in them: most
files are opened for a few of theirs. `Module.flaw` says what is wrong with those that nobody asked about.
Not covered: what a statement binds (bindings.py), what names mean (repo.py) and what code uses (names.py).
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .bindings import Binding, Import, bind, define
from .code import Code, Unparsable, parsed
from .names import Uses
from .outline import Definition, outline
from .reasons import Reason
from .writes import decorating_roots, written_roots


@dataclass(frozen=True, slots=True)
class Broken:
    path: str
    reason: Reason
    detail: str


@dataclass(eq=False)
class Unit:
    """A run of whole lines with one top-level statement (or several that share a line)."""

    path: str
    index: int
    start: int  # first line, from 1, leading comments included
    end: int
    text: str
    code: Code
    kind: str  # def or class, else '': what the first statement is
    binds: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, int]:
        return (self.path, self.index)

    @property
    def nodes(self) -> list[ast.stmt]:
        return self.code.nodes

    @property
    def uses(self) -> list[Uses]:
        return self.code.uses

    @property
    def imports_inside(self) -> list[ast.Import | ast.ImportFrom]:
        """What its functions import for themselves."""
        return [node for uses in self.code.roots for node in uses.local_imports]

    @property
    def is_import(self) -> bool:
        return not self.kind and all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)


@dataclass(eq=False)
class Module:
    path: str
    text: str
    lines: list[str]
    units: list[Unit]
    bindings: dict[str, list[Binding]]
    stars: list[tuple[int, Import]]  # star imports by the unit they stand in
    exports: list[str] | None  # literal __all__
    future_annotations: bool

    @cached_property
    def flaw(self) -> Broken | None:
        """What is wrong with a definition of the file; the rest of it was parsed at once."""
        found = (unit.code.flaw for unit in self.units if unit.kind)
        first = next(filter(None, found), None)
        return Broken(self.path, first.reason, first.detail) if first is not None else None

    @cached_property
    def tree(self) -> ast.Module:
        """Of the whole file, with nothing in it where one of the definitions has a flaw."""
        try:
            return parsed(self.text)
        except Unparsable:
            return ast.Module([], [])

    def subscripting(self, name: str) -> list[Unit]:
        """Units in whose text the name stands before a bracket: where `kernel[grid]` can be."""
        return [unit for unit in self.units if _subscripts(unit.text, name)]

    @cached_property
    def writers(self) -> dict[str, list[Unit]]:
        """Units that change a module-level object after its definition, by the object's name."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            if not unit.kind and not unit.is_import:
                for root in {root for node in unit.nodes for root in written_roots(node)}:
                    found.setdefault(root, []).append(unit)
        return found

    @cached_property
    def registered(self) -> dict[str, list[Unit]]:
        """Definitions that an object decorates, by the object's name: one that keeps them is empty without them."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            for root in decorating_roots(unit.text) if unit.kind else ():
                found.setdefault(root, []).append(unit)
        return found


def _subscripts(text: str, name: str) -> bool:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before = text[at - 1 : at]
        if text[end : end + 20].lstrip()[:1] == "[" and not (before.isalnum() or before == "_"):
            return True
        at = text.find(name, end)
    return False


def decode(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()


def parse(path: str, data: bytes, known: dict[tuple[int, str], Code] | None = None) -> Module | Broken:
    """`known`: definitions of other files by line and text, which this file's join."""
    try:
        text = decode(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Broken(path, Reason.ENCODING, str(error))
    lines = text.split("\n")
    found = outline(text, lines)
    try:
        if found is not None:
            try:
                return _assemble(path, text, lines, found.definitions, parsed(found.rest).body, known)
            except Unparsable:
                pass  # perhaps a line that the outline took for a beginning
        return _assemble(path, text, lines, [], parsed(text).body, known)
    except Unparsable as error:
        return Broken(path, error.reason, error.detail)


def _assemble(
    path: str, text: str, lines: list[str], definitions: Iterable[Definition], others: list[ast.stmt],
    known: dict[tuple[int, str], Code] | None,
) -> Module:  # fmt: skip
    module = Module(path, text, lines, [], {}, [], None, False)
    statements: list[tuple[int, int, Definition | ast.stmt]] = [(one.start, one.end, one) for one in definitions]
    statements += [(*_span(node), node) for node in others]
    statements.sort(key=lambda each: each[0])
    for start, end, one in statements:
        last = module.units[-1] if module.units else None
        if last is not None and start <= last.end and isinstance(one, ast.stmt):
            last.nodes.append(one)
            last.end = max(last.end, end)
            last.text = "\n".join(lines[last.start - 1 : last.end])
            bind(module, last, one, nested=False)
            continue
        floor = last.end if last is not None else 0
        while start - 1 > floor and lines[start - 2].startswith("#"):
            start -= 1
        body = "\n".join(lines[start - 1 : end])
        if isinstance(one, Definition):
            code = Code(body, start) if known is None else known.setdefault((start, body), Code(body, start))
            unit = Unit(path, len(module.units), start, end, body, code, one.kind)
            define(module, unit, one.name, nested=False)
        else:
            unit = Unit(path, len(module.units), start, end, body, Code(body, start, [one]), _kind(one))
            bind(module, unit, one, nested=False)
        module.units.append(unit)
    return module


def _span(node: ast.stmt) -> tuple[int, int]:
    start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return start, node.end_lineno or start


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "def" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""
