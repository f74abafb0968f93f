"""What one name in a unit stands for, as Python resolves it.

In: a `Repo`, a unit and a dotted chain in it. Out: what it leads to, and the `Symbol` that stands for this in a
standalone file; or `Unclosed` where nothing can.
Not covered: what must come along with it (needs.py), what the symbol is called there (naming.py).
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from typing import NamedTuple

from triton_data.extract.reasons import Reason
from triton_data.extract.source.module import Import, Module, Unit
from triton_data.extract.source.repo import Defined, External, InRepo, Repo, Target
from triton_data.extract.source.star_imports import through_star

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__package__", "__spec__", "__path__"}


class Unclosed(Exception):
    """Why these roots have no closure. Caught where a closure is asked for, and turned into a Drop."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Symbol:
    """One thing with one name in the standalone file. `where` is '' for what is imported from other packages."""

    where: str
    name: str  # as its home calls it; for an import the name it is bound to
    external: External | None = None
    submodules: bool = False  # a plain `import a.b`, which binds `a`


class Resolved(NamedTuple):
    """What one chain of a unit leads to; no target: nothing binds its root."""

    chain: str
    when: int
    root: str
    parts: int
    symbol: Symbol | None
    target: Target


def resolved(repo: Repo, unit: Unit, module: Module, chain: str, when: int) -> Resolved | None:
    root, *rest = chain.split(".")
    target = repo.lookup(module.path, root)
    parts = 1
    if root in unit.binds and not (isinstance(target, Defined) and target.name == root):
        return None  # an import inside the unit's own try or if: local_imports deals with it
    while isinstance(target, InRepo):
        if not rest:
            raise Unclosed(Reason.MODULE_VALUE, f"{chain} in {module.path}")
        member = repo.member(target, rest[0])
        if member is None:
            raise Unclosed(Reason.UNRESOLVED, f"{chain} in {module.path}")
        target, rest, parts = member, rest[1:], parts + 1
    if target is None and root not in unit.binds and root not in BUILTINS:
        target = _from_star(repo, module, root)
    symbol = None if target is None else _symbol(target, root, parts)
    return Resolved(chain, when, root, parts, symbol, target)


def _symbol(target: Target, root: str, parts: int) -> Symbol:
    if isinstance(target, Defined):
        return Symbol(target.path, target.name)
    assert isinstance(target, External)
    if target.attribute:
        name = root if parts == 1 else target.attribute
        return Symbol("", name, target)
    if parts == 1 and root == target.module:
        return Symbol("", root, target, submodules=True)
    return Symbol("", root if parts == 1 else target.module.rpartition(".")[2], target)


def _from_star(repo: Repo, module: Module, name: str) -> External | None:
    for star in reversed(repo.external_stars(module.path)):
        found = through_star(star, name, repo.packages)
        if found is not None:
            return found
    return None


def local_targets(
    repo: Repo, path: str, node: ast.Import | ast.ImportFrom, alias: ast.alias
) -> list[tuple[Target, str]]:
    """What one alias of an import below module level stands for, and the key of that in `Plan.meaning`."""
    if isinstance(node, ast.ImportFrom):
        item = Import(node.module or "", alias.name, node.level, alias.asname is not None)
        return [(repo.import_target(item, path), f"import {'.' * node.level}{item.module}:{alias.name}")]
    return [(repo.import_target(Import(alias.name, "", 0, False), path), f"import {alias.name}:")]
