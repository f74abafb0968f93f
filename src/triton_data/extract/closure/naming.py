"""Which name each symbol has in a standalone file, and which symbols are one and the same.

In: a `Plan` and its units in order. Out: the units without copies of others, and a `Naming`. A root keeps its own name;
whoever comes second under a taken name gets its file's name behind it.
Not covered: changing the texts (renaming.py).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from triton_data.extract.closure.plan import Plan
from triton_data.extract.closure.symbols import Symbol
from triton_data.extract.source.module import Broken, Unit
from triton_data.extract.source.repo import Defined, External


@dataclass(eq=False)
class Naming:
    """Which name each symbol has in the file; `owner` is the same the other way round."""

    owner: dict[str, object] = field(default_factory=dict)
    given: dict[object, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)  # a fresh name must stand nowhere in them
    changed: bool = False  # somebody is not called what its home calls it

    def claim(self, key: object, name: str, hint: str) -> None:
        if key in self.given:
            self.changed |= self.given[key] != name
            return
        fresh, n = name, 1
        while fresh in self.owner or (fresh != name and any(fresh in text for text in self.texts)):
            fresh, n = f"{name}_{hint}" if n == 1 else f"{name}_{hint}_{n}", n + 1
        self.owner[fresh], self.given[key] = key, fresh
        self.changed |= fresh != name


def origin_of(plan: Plan, root: tuple[str, str]) -> tuple[str, str]:
    target = plan.repo.lookup(*root)
    assert isinstance(target, Defined)
    return (target.path, target.name)


def key_of(plan: Plan, symbol: Symbol) -> object:
    """What makes two symbols one: the same import, the same definition, or definitions with the same text."""
    return symbol.external if symbol.external is not None else key_at(plan, symbol.where, symbol.name)


def key_at(plan: Plan, where: str, name: str) -> object:
    """The same for a name of a file of the repository."""
    key = plan.repo.remembered.get((where, name))
    if key is None:
        key = plan.repo.remembered[where, name] = _key(plan, where, name)
    return plan.copies.get(key, key) if plan.copies else key


def _key(plan: Plan, where: str, name: str) -> object:
    module = plan.repo.module(where)
    assert not isinstance(module, Broken)
    last = module.bindings[name][-1]
    if last.item is not None and not last.item.level:
        target = plan.repo.import_target(last.item, where)
        if isinstance(target, External) and (last.item.attribute or last.item.aliased):
            return target
    return (where, name)


def without_copies(plan: Plan, units: list[Unit]) -> list[Unit]:
    """`def exists(x): ...` stands in every file of some repositories: keep one where text and meaning are the same."""
    texts = Counter(unit.text for unit in units)
    if len(texts) == len(units):
        return units
    seen: dict[object, Unit] = {}
    kept = []
    for unit in units:
        if texts[unit.text] == 1:
            kept.append(unit)
            continue
        print_ = _fingerprint(plan, unit)
        first = seen.setdefault(print_, unit) if print_ is not None else unit
        if first is unit:
            kept.append(unit)
        else:
            plan.copies.update({(unit.path, name): (first.path, name) for name in unit.binds})
    return kept


def _fingerprint(plan: Plan, unit: Unit) -> object:
    if unit.imports_inside:
        return None
    module = plan.repo.module(unit.path)
    assert not isinstance(module, Broken)
    if any(len(module.bindings[name]) > 1 or name in module.writers for name in unit.binds):
        return None
    meanings = []
    for chain in sorted(plan.needs[unit.key].chains):
        meaning = plan.meaning.get((unit.path, chain))
        if meaning is None:
            continue
        own = meaning[0].where == unit.path and meaning[0].name in unit.binds
        meanings.append((chain, "own" if own else key_of(plan, meaning[0])))
    return (unit.text, tuple(meanings))


def names(plan: Plan, units: list[Unit], roots: list[tuple[str, str]]) -> Naming:
    naming = Naming(texts=[unit.text for unit in units])
    for name in sorted(plan.builtins):
        naming.claim(("builtin", name), name, "builtin")
    for root in roots:
        where, name = origin_of(plan, root)
        naming.claim(key_at(plan, where, name), name, _stem(where))
    for symbol in (*plan.externals, *plan.missing):
        naming.claim(key_of(plan, symbol), symbol.name, symbol.external.package if symbol.external else "x")
    own = {where for where, _ in roots}  # the file that was asked for keeps its names before others do
    for unit in sorted(units, key=lambda unit: unit.path not in own):
        for name in sorted(unit.binds):
            naming.claim(key_at(plan, unit.path, name), name, _stem(unit.path))
    return naming


@cache
def _stem(path: str) -> str:
    parts = path.removesuffix(".py").split("/")
    word = parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]
    return re.sub(r"\W", "_", word).strip("_") or "module"
