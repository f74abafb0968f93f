"""The plan of a closure: which units a standalone file needs, and what each of their names stands for.

Enters: a `Repo` and the roots, (path, name) pairs. Leaves: a `Plan` of units in an order that can be executed, with
every chain they use tied to a symbol. Names resolve as Python resolves them; nothing is executed.
Not covered: the text of the file (render.py).
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import NamedTuple

from .installed import through_star
from .module import Broken, Import, Module, Unit
from .names import When
from .packages import available
from .reasons import Reason, needs
from .repo import Defined, External, InRepo, Repo, Target

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__package__", "__spec__", "__path__"}
_IMPLICIT = frozenset(("__class__", "__annotations__", "__qualname__", "__module__", "__builtins__"))
MAX_UNITS = 1500


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


@dataclass(eq=False)
class Plan:
    repo: Repo
    strict: bool
    units: dict[tuple[str, int], Unit] = field(default_factory=dict)
    # what a chain in a unit of this module stands for: (path, chain) -> (symbol, how many parts it replaces)
    meaning: dict[tuple[str, str], tuple[Symbol, int]] = field(default_factory=dict)
    externals: dict[Symbol, set[int]] = field(default_factory=dict)
    missing: dict[Symbol, set[int]] = field(default_factory=dict)
    stars: dict[str, None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    twins: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # filled in by render
    dotted_imports: dict[str, None] = field(default_factory=dict)  # `import a.b` lines, for their side effect
    eager: dict[tuple[str, int], set[tuple[str, int]]] = field(default_factory=dict)
    lazy: dict[tuple[str, int], set[tuple[str, int]]] = field(default_factory=dict)

    def modules(self) -> list[str]:
        return list(dict.fromkeys(path for path, _ in self.units))


def plan(repo: Repo, roots: list[tuple[str, str]], strict: bool = False) -> Plan:
    """Not `strict`: a name that nothing binds is left alone inside functions, as Python leaves it alone."""
    made = Plan(repo, strict)
    queue: list[Unit] = []
    for path, name in roots:
        target = repo.lookup(path, name)
        if not isinstance(target, Defined):
            raise Unclosed(Reason.UNRESOLVED, f"{name} in {path}")
        queue += _take(made, target)
    while queue:
        unit = queue.pop()
        queue += _follow(made, unit)
        if len(made.units) > MAX_UNITS:
            raise Unclosed(Reason.TOO_LARGE, f"more than {MAX_UNITS} definitions")
    return made


def _take(made: Plan, target: Defined) -> list[Unit]:
    """The units that bind the target, and those that change it afterwards; the new ones among them."""
    new = []
    for unit in _definition(made.repo, target)[0]:
        if unit.key not in made.units:
            made.units[unit.key] = unit
            made.eager[unit.key], made.lazy[unit.key] = set(), set()
            new.append(unit)
    return new


def _definition(repo: Repo, target: Defined) -> tuple[list[Unit], frozenset[tuple[str, int]]]:
    """All its units, and the keys of those among them that bind it; found once for the repository."""
    known: tuple[list[Unit], frozenset[tuple[str, int]]] | None = repo.remembered.get(target)
    if known is None:
        module = _module(repo, target.path)
        binding = [module.units[b.unit] for b in module.bindings[target.name] if b.item is None or b.nested]
        units = binding + module.writers.get(target.name, [])
        known = repo.remembered[target] = (units, frozenset(unit.key for unit in binding))
    return known


def _module(repo: Repo, path: str) -> Module:
    module = repo.module(path)
    if isinstance(module, Broken):
        raise Unclosed(module.reason, f"{path}: {module.detail}")
    return module


def _follow(made: Plan, unit: Unit) -> list[Unit]:
    new: list[Unit] = []
    module = _module(made.repo, unit.path)
    resolved: list[_Resolved] | None = made.repo.remembered.get(unit)
    if resolved is None:
        chains = [(chain, when) for uses in unit.uses for chain, when in uses.chains.items()]
        found = (_resolved(made.repo, unit, module, chain, when) for chain, when in chains)
        resolved = made.repo.remembered[unit] = [each for each in found if each is not None]
    for each in resolved:
        if each.symbol is None or each.target is None:
            new += _unbound(made, unit, module, each.root, each.when)
        else:
            made.meaning[(module.path, each.chain)] = (each.symbol, each.parts)
            new += _reach(made, unit, module, each.symbol, each.target, each.when, each.root if each.parts == 1 else "")
    for uses in unit.uses:
        for node in uses.local_imports:
            new += _local_import(made, unit, node)
    return new


class _Resolved(NamedTuple):
    """What one chain of a unit leads to; no target: nothing binds its root."""

    chain: str
    when: int
    root: str
    parts: int
    symbol: Symbol | None
    target: Target


def _resolved(repo: Repo, unit: Unit, module: Module, chain: str, when: int) -> _Resolved | None:
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
    if target is None and root not in unit.binds and root not in _BUILTINS:
        target = _from_star(repo, module, root)
    symbol = None if target is None else _symbol(target, root, parts)
    return _Resolved(chain, when, root, parts, symbol, target)


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


def _reach(made: Plan, unit: Unit, module: Module, symbol: Symbol, target: Target, when: int, root: str) -> list[Unit]:
    if isinstance(target, Defined):
        new = _take(made, target)
        keys = _definition(made.repo, target)[1] - {unit.key}
        made.lazy[unit.key] |= keys
        if when & ~(When.LAZY | When.MAYBE) and not (when == When.ANNOTATION and module.future_annotations):
            made.eager[unit.key] |= keys
        return new
    assert isinstance(target, External)
    kept = made.externals if available(target) else made.missing
    kept.setdefault(symbol, set()).add(when)
    if kept is made.missing and when & When.EAGER and not when & When.DECORATOR:
        raise Unclosed(needs(target.package), f"{symbol.name} in {module.path}")
    if symbol.submodules:
        for binding in module.bindings.get(root, ()):
            item = binding.item
            if item is not None and not item.aliased and not item.level and available(External(item.module)):
                made.dotted_imports[item.module] = None
    return []


def _from_star(repo: Repo, module: Module, name: str) -> External | None:
    for star in reversed(repo.external_stars(module.path)):
        found = through_star(star, name)
        if found is not None:
            return found
    return None


def _unbound(made: Plan, unit: Unit, module: Module, root: str, when: int) -> list[Unit]:
    if root in unit.binds or root in _IMPLICIT:
        return []
    if root in _BUILTINS:
        made.builtins.add(root)
        return _everything(made, module) if root == "globals" else []
    stars = made.repo.external_stars(module.path)
    present = [star for star in stars if available(External(star))]
    if stars and not present and not when & When.MAYBE:
        raise Unclosed(needs(stars[0].split(".")[0]), f"{root} in {module.path}, through a star import")
    made.stars.update(dict.fromkeys(present))
    if not stars and not when & When.MAYBE and (made.strict or when != When.LAZY):
        raise Unclosed(Reason.UNRESOLVED, f"{root} in {module.path}")
    return []


def _everything(made: Plan, module: Module) -> list[Unit]:
    """`globals()[name]` may ask for any definition of its file."""
    names = [name for name, found in module.bindings.items() if found[-1].item is None]
    return [unit for name in names for unit in _take(made, Defined(module.path, name))]


def _local_import(made: Plan, unit: Unit, node: ast.Import | ast.ImportFrom) -> list[Unit]:
    new: list[Unit] = []
    for alias in node.names:
        for target, chain in local_targets(made.repo, unit.path, node, alias):
            if isinstance(target, InRepo):
                raise Unclosed(Reason.MODULE_VALUE, f"{alias.name}, imported inside a block of {unit.path}")
            if isinstance(target, Defined):
                made.meaning[(unit.path, chain)] = (Symbol(target.path, target.name), 1)
                made.lazy[unit.key] |= _definition(made.repo, target)[1]
                new += _take(made, target)
    return new


def local_targets(
    repo: Repo, path: str, node: ast.Import | ast.ImportFrom, alias: ast.alias
) -> list[tuple[Target, str]]:
    """What one alias of an import below module level stands for, and the key of that in `Plan.meaning`."""
    if isinstance(node, ast.ImportFrom):
        item = Import(node.module or "", alias.name, node.level, alias.asname is not None)
        return [(repo.import_target(item, path), f"import {'.' * node.level}{item.module}:{alias.name}")]
    return [(repo.import_target(Import(alias.name, "", 0, False), path), f"import {alias.name}:")]
