"""What one unit needs: what each chain in it stands for, and which definitions and imports must come along.

In: a `Repo` and a unit. Out: its `Needs`, found once for the repository, or `Unclosed` where something that the
unit cannot do without is not there. Names resolve as Python resolves them; nothing is executed.
Not covered: what the definitions need in their turn (plan.py).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from triton_data.extract.closure.local_modules import taken_from
from triton_data.extract.closure.symbols import BUILTINS, Symbol, Unclosed, local_targets, resolved
from triton_data.extract.reasons import Reason, needs
from triton_data.extract.source.installed_packages import available
from triton_data.extract.source.module import Broken, Module, Unit
from triton_data.extract.source.repo import Defined, External, InRepo, Repo, Target
from triton_data.extract.source.used_names import Uses, When

_IMPLICIT = frozenset(("__class__", "__annotations__", "__qualname__", "__module__", "__builtins__"))


class Extent(NamedTuple):
    """How much comes along: of what functions import for themselves, and of what only annotations name, which nobody
    evaluates where it is left out."""

    local_imports: bool = True
    annotations: bool = True


WHOLE = Extent()


@dataclass(eq=False)
class Needs:
    """`plain`: every name in the unit is what its home calls it, so that its text can stay as it is."""

    chains: dict[str, None] = field(
        default_factory=dict
    )  # names, with attributes where those are looked up in the repo
    # what a chain in the unit stands for: (path, chain) -> (symbol, how many parts it replaces)
    meaning: dict[tuple[str, str], tuple[Symbol, int]] = field(default_factory=dict)
    definitions: dict[Defined, None] = field(default_factory=dict)
    added_to: dict[Defined, None] = field(default_factory=dict)  # not asked for what others have added to them
    externals: dict[Symbol, set[int]] = field(default_factory=dict)
    missing: dict[Symbol, set[int]] = field(default_factory=dict)
    stars: dict[str, None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    dotted_imports: dict[str, None] = field(default_factory=dict)  # `import a.b` lines, for their side effect
    eager: set[tuple[str, int]] = field(default_factory=set)  # units that must stand before this one
    lazy: set[tuple[str, int]] = field(default_factory=set)
    plain: bool = True


def needs_of(repo: Repo, unit: Unit, strict: bool, extent: Extent = WHOLE) -> Needs:
    key = (unit, strict, extent)
    known: Needs | None = repo.remembered.get(key)
    if known is None:
        known = repo.remembered[key] = _needs(repo, unit, strict, extent)
    return known


def _needs(repo: Repo, unit: Unit, strict: bool, extent: Extent) -> Needs:
    """By the roots of its names; where one of these leads nowhere, by all that is said about them."""
    try:
        collected = _Reader(repo, unit, unit.code.roots, strict, extent).read()
        if not collected.missing:
            return collected
    except Unclosed:
        if unit.code.roots is unit.uses:
            raise
    return _Reader(repo, unit, unit.uses, strict, extent).read()


def definition(repo: Repo, target: Defined) -> tuple[list[Unit], frozenset[tuple[str, int]]]:
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


class _Reader:
    def __init__(self, repo: Repo, unit: Unit, uses: list[Uses], strict: bool, extent: Extent) -> None:
        self.repo, self.unit, self.uses, self.strict = repo, unit, uses, strict
        self.local_imports = extent.local_imports or not unit.kind
        self.module = _module(repo, unit.path)
        self.annotated = extent.annotations
        self.evaluated = extent.annotations and not self.module.future_annotations
        self.collected = Needs()

    def read(self) -> Needs:
        collected, module = self.collected, self.module
        if (flaw := self.unit.code.flaw) is not None:
            raise Unclosed(flaw.reason, f"{module.path}: {flaw.detail}")
        for chain, when in self._chains():
            collected.chains[chain] = None
            try:
                each = resolved(self.repo, self.unit, module, chain, when)
            except Unclosed:
                if when == When.ANNOTATION and not self.evaluated:
                    continue  # nobody evaluates it
                raise
            if each is None:
                continue
            if when == When.ANNOTATION and not self.annotated and isinstance(each.target, Defined):
                continue
            if each.symbol is None or each.target is None:
                self._unbound(each.root, each.when)
                continue
            collected.meaning[(module.path, each.chain)] = (each.symbol, each.parts)
            collected.plain &= each.parts == 1 and each.symbol.name == each.root
            self._reach(each.symbol, each.target, each.when, each.root if each.parts == 1 else "")
        for uses in self.uses:
            for node in uses.local_imports if self.local_imports else ():
                self._local_import(node)
        collected.plain &= not collected.missing
        return collected

    def _chains(self) -> dict[tuple[str, int], None]:
        """`tl.load` and `tl.store` ask the same question, unless the root is a module of the repository."""
        found: dict[tuple[str, int], None] = {}
        for uses in self.uses:
            for chain, when in uses.chains.items():
                root = chain.partition(".")[0]
                ours = root != chain and isinstance(self.repo.lookup(self.module.path, root), InRepo)
                found[(chain if ours else root, when)] = None
        return found

    def _reach(self, symbol: Symbol, target: Target, when: int, root: str) -> None:
        collected = self.collected
        if isinstance(target, Defined):
            (collected.added_to if self._adds_to(target, when) else collected.definitions)[target] = None
            keys = definition(self.repo, target)[1] - {self.unit.key}
            collected.lazy |= keys
            annotation = when == When.ANNOTATION and not self.evaluated
            if when & ~(When.LAZY | When.MAYBE) and not annotation:
                collected.eager |= {key for key in keys if key[0] != self.unit.path or key[1] < self.unit.index} or keys
            return
        assert isinstance(target, External)
        here = self._available(target.module, target.attribute)
        kept = collected.externals if here else collected.missing
        kept.setdefault(symbol, set()).add(when)
        if kept is collected.missing and when & When.EAGER and not when & When.DECORATOR:
            raise Unclosed(needs(target.package), f"{symbol.name} in {self.module.path}")
        if symbol.submodules:
            for binding in self.module.bindings.get(root, ()):
                item = binding.item
                if item is not None and not item.aliased and not item.level and self._available(item.module):
                    collected.dotted_imports[item.module] = None

    def _available(self, module: str, attribute: str = "") -> bool:
        return available(module, attribute, self.repo.packages)

    def _adds_to(self, target: Defined, when: int) -> bool:
        here = target.path == self.unit.path
        return when == When.DECORATOR | When.EAGER or (here and self.unit in self.module.writers.get(target.name, ()))

    def _unbound(self, root: str, when: int) -> None:
        collected, module = self.collected, self.module
        if root in self.unit.binds or root in _IMPLICIT:
            return
        if root in BUILTINS:
            collected.builtins.add(root)
            if root == "globals":  # `globals()[name]` may ask for any definition of its file
                names = [name for name, found in module.bindings.items() if found[-1].item is None]
                collected.definitions.update(dict.fromkeys(Defined(module.path, name) for name in names))
            return
        if when == When.ANNOTATION and not self.evaluated:
            return  # nobody evaluates it
        stars = self.repo.external_stars(module.path)
        present = [star for star in stars if self._available(star)]
        if stars and not present and not when & When.MAYBE:
            raise Unclosed(needs(stars[0].split(".")[0]), f"{root} in {module.path}, through a star import")
        collected.stars.update(dict.fromkeys(present))
        if not stars and not when & When.MAYBE and (self.strict or when != When.LAZY):
            raise Unclosed(Reason.UNRESOLVED, f"{root} in {module.path}")

    def _local_import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.collected.plain = False
        for alias in node.names:
            for target, chain in local_targets(self.repo, self.unit.path, node, alias):
                if isinstance(target, InRepo) and self.unit.kind:
                    for member in taken_from(self.repo, self.unit, target, alias, node).values():
                        self.collected.lazy |= definition(self.repo, member)[1]
                        self.collected.definitions[member] = None
                elif isinstance(target, InRepo):
                    raise Unclosed(Reason.MODULE_VALUE, f"{alias.name}, imported inside a block of {self.unit.path}")
                if isinstance(target, Defined):
                    self.collected.meaning[(self.unit.path, chain)] = (Symbol(target.path, target.name), 1)
                    self.collected.lazy |= definition(self.repo, target)[1]
                    self.collected.definitions[target] = None
