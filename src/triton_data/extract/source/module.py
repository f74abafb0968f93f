"""One file: its top-level statements as slices of the original text, and what each of them binds.

In: nothing; parsing.py makes these. Out: `Module`, or a `Broken` that says why a file is none. Comment lines that touch
a statement from above belong to it, as does everything on its last line, so that slices put together again read as the
author wrote. `Module.flaw` says what is wrong with definitions that nobody asked about.
Not covered: what a statement binds (bindings.py), what names mean (repo.py) and what code uses (used_names.py).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from triton_data.extract.reasons import Reason
from triton_data.extract.source.changed_objects import decorating_roots, written_roots
from triton_data.extract.source.code import Code, Unparsable, parsed
from triton_data.extract.source.used_names import Uses


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
