"""One file: its top-level statements as slices of the original text, and what each of them binds.

Enters: path and bytes. Leaves: a `Module`, or a `Broken` that says why not. Comment lines that touch a statement from
above belong to it, as does everything on its last line, so that slices put together again read as the author wrote.
Functions and classes are found by where they begin (outline.py) and parsed when somebody asks what is in them: most
files are opened for a few of theirs. `Module.flaw` says what is wrong with those that nobody asked about.
Not covered: what names mean (repo.py) and what code uses (names.py).
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .code import Code, Unparsable, parsed
from .names import Uses
from .outline import Definition, outline
from .reasons import Reason
from .writes import decorating_roots


@dataclass(frozen=True, slots=True)
class Broken:
    path: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    attribute: str  # '' for `import module`
    level: int
    aliased: bool  # has an `as`


@dataclass(frozen=True, slots=True)
class Binding:
    unit: int  # index into Module.units
    item: Import | None  # None: a definition
    nested: bool = False  # inside a block at module level: if, try, with, for


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
                for root in {root for uses in unit.uses for root in uses.writes}:
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
            _bind(module, last, one, nested=False)
            continue
        floor = last.end if last is not None else 0
        while start - 1 > floor and lines[start - 2].startswith("#"):
            start -= 1
        body = "\n".join(lines[start - 1 : end])
        if isinstance(one, Definition):
            code = Code(body, start) if known is None else known.setdefault((start, body), Code(body, start))
            unit = Unit(path, len(module.units), start, end, body, code, one.kind)
            _define(module, unit, one.name, nested=False)
        else:
            unit = Unit(path, len(module.units), start, end, body, Code(body, start, [one]), _kind(one))
            _bind(module, unit, one, nested=False)
        module.units.append(unit)
    return module


def _span(node: ast.stmt) -> tuple[int, int]:
    start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return start, node.end_lineno or start


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "def" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""


def _bind(module: Module, unit: Unit, node: ast.stmt, nested: bool) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        _define(module, unit, node.name, nested)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        _bind_import(module, unit, node, nested)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.Assign) and "__all__" in (getattr(t, "id", "") for t in targets):
            module.exports = _literal_names(node.value)
        for name in _stored(*targets):
            _define(module, unit, name, nested)
    else:
        _bind_block(module, unit, node)


def _bind_block(module: Module, unit: Unit, node: ast.stmt) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            _bind(module, unit, child, nested=True)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            for inner in child.body:
                _bind(module, unit, inner, nested=True)
        else:
            for name in _stored(child):
                _define(module, unit, name, True)


def _define(module: Module, unit: Unit, name: str, nested: bool) -> None:
    unit.binds.add(name)
    known = module.bindings.setdefault(name, [])
    if not known or known[-1].unit != unit.index or known[-1].item is not None:
        known.append(Binding(unit.index, None, nested))


def _bind_import(module: Module, unit: Unit, node: ast.Import | ast.ImportFrom, nested: bool) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            item = Import(alias.name, "", 0, alias.asname is not None)
            name = alias.asname or alias.name.split(".")[0]
        else:
            if node.module == "__future__":
                module.future_annotations |= alias.name == "annotations"
                continue
            item = Import(node.module or "", alias.name, node.level, alias.asname is not None)
            name = alias.asname or alias.name
        if name == "*":
            module.stars.append((unit.index, Import(item.module, "", item.level, False)))
            continue
        unit.binds.add(name)
        module.bindings.setdefault(name, []).append(Binding(unit.index, item, nested))


def _stored(*nodes: ast.AST) -> list[str]:
    return [
        child.id
        for node in nodes
        for child in ast.walk(node)
        if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Load)
    ]


def _literal_names(node: ast.expr) -> list[str] | None:
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    names = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return names if len(names) == len(node.elts) else None
