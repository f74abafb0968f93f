"""One parsed file: its top-level statements as slices of the original text, and what each of them binds.

Enters: path and bytes. Leaves: a `Module`, or a `Broken` that says why not. Comment lines that touch a statement from
above belong to it, as does everything on its last line, so that slices put together again read as the author wrote.
Not covered: what names mean (repo.py) and what code uses (names.py, computed here when first asked for).
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass, field
from functools import cached_property

from .memory import no_collection
from .names import Uses
from .reasons import Reason


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
    nodes: list[ast.stmt]
    text: str
    binds: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, int]:
        return (self.path, self.index)

    @property
    def is_import(self) -> bool:
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @cached_property
    def uses(self) -> list[Uses]:
        return [Uses(node) for node in self.nodes]


@dataclass(eq=False)
class Module:
    path: str
    text: str
    lines: list[str]
    tree: ast.Module
    units: list[Unit]
    bindings: dict[str, list[Binding]]
    stars: list[tuple[int, Import]]  # star imports by the unit they stand in
    exports: list[str] | None  # literal __all__
    future_annotations: bool

    def subscripting(self, name: str) -> list[Unit]:
        """Units in whose text the name stands before a bracket: where `kernel[grid]` can be."""
        return [unit for unit in self.units if _subscripts(unit.text, name)]

    @cached_property
    def writers(self) -> dict[str, list[Unit]]:
        """Units that change a module-level object after its definition, by the object's name."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            if not unit.is_import and not isinstance(unit.nodes[0], ast.FunctionDef | ast.ClassDef):
                for root in {root for uses in unit.uses for root in uses.writes}:
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


def parse(path: str, data: bytes) -> Module | Broken:
    try:
        text = decode(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Broken(path, Reason.ENCODING, str(error))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            with no_collection():
                tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return Broken(path, Reason.SYNTAX, str(error))
    except (RecursionError, MemoryError) as error:
        return Broken(path, Reason.TOO_DEEP, type(error).__name__)
    return _assemble(path, text, tree)


def _assemble(path: str, text: str, tree: ast.Module) -> Module:
    lines = text.split("\n")
    module = Module(path, text, lines, tree, [], {}, [], None, False)
    for node in tree.body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        end = node.end_lineno or start
        if module.units and start <= module.units[-1].end:
            unit = module.units[-1]
            unit.nodes.append(node)
            unit.end = max(unit.end, end)
        else:
            floor = module.units[-1].end if module.units else 0
            while start - 1 > floor and lines[start - 2].startswith("#"):
                start -= 1
            unit = Unit(path, len(module.units), start, end, [node], "")
            module.units.append(unit)
        _bind(module, unit, node, nested=False)
    for unit in module.units:
        unit.text = "\n".join(lines[unit.start - 1 : unit.end])
    return module


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
