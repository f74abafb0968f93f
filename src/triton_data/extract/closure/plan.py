"""The plan of a closure: which units a standalone file needs, and what each of their names stands for.

In: a `Repo` and the roots, (path, name) pairs. Out: a `Plan` of units with every chain they use tied to a
symbol.
Not covered: what one unit needs (needs.py), the order of the units (order.py), the text of the file (render.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triton_data.extract.closure.needs import WHOLE, Extent, Needs, definition, needs_of
from triton_data.extract.closure.symbols import Symbol, Unclosed
from triton_data.extract.reasons import Reason
from triton_data.extract.source.module import Broken, Unit
from triton_data.extract.source.repo import Defined, Repo

MAX_UNITS = 1500


@dataclass(eq=False)
class Plan:
    repo: Repo
    extent: Extent = WHOLE
    units: dict[tuple[str, int], Unit] = field(default_factory=dict)
    needs: dict[tuple[str, int], Needs] = field(default_factory=dict)
    meaning: dict[tuple[str, str], tuple[Symbol, int]] = field(default_factory=dict)  # as in Needs, of all units
    externals: dict[Symbol, set[int]] = field(default_factory=dict)
    missing: dict[Symbol, set[int]] = field(default_factory=dict)
    stars: dict[str, None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    dotted_imports: dict[str, None] = field(default_factory=dict)
    copies: dict[object, object] = field(default_factory=dict)  # filled in by render

    def modules(self) -> list[str]:
        return list(dict.fromkeys(path for path, _ in self.units))


def plan_closure(repo: Repo, roots: list[tuple[str, str]], strict: bool = False, extent: Extent = WHOLE) -> Plan:
    """Not `strict`: a name that nothing binds is left alone inside functions, as Python leaves it alone. So is what is
    beyond the `extent`."""
    plan = Plan(repo, extent)
    queue: list[Unit] = []
    for path, name in roots:
        target = repo.lookup(path, name)
        if not isinstance(target, Defined):
            raise Unclosed(Reason.UNRESOLVED, f"{name} in {path}")
        queue += _take(plan, [*definition(repo, target)[0], *_registered(repo, target)])
    while queue:
        unit = queue.pop()
        needs = plan.needs[unit.key] = needs_of(repo, unit, strict, extent)
        _add(plan, needs)
        for target in needs.definitions:
            queue += _take(plan, [*definition(repo, target)[0], *_registered(repo, target)])
        for target in needs.added_to:
            queue += _take(plan, definition(repo, target)[0])
        if len(plan.units) > MAX_UNITS:
            raise Unclosed(Reason.TOO_LARGE, f"more than {MAX_UNITS} definitions")
    return plan


def _take(plan: Plan, units: list[Unit]) -> list[Unit]:
    """The new ones among units that bind something, and that change it afterwards."""
    new = [unit for unit in units if unit.key not in plan.units]
    plan.units.update((unit.key, unit) for unit in new)
    return new


def _registered(repo: Repo, target: Defined) -> list[Unit]:
    """What its own file registers with it. A class is a base, most often, and does without those that inherit; what is
    imported, in a `try` as often, keeps nothing of this file."""
    module = repo.module(target.path)
    if isinstance(module, Broken) or target.name not in module.registered:
        return []
    bindings = module.bindings[target.name]
    if any(each.item is not None or module.units[each.unit].kind == "class" for each in bindings):
        return []
    return module.registered[target.name]


def _add(plan: Plan, needs: Needs) -> None:
    plan.meaning.update(needs.meaning)
    plan.stars.update(needs.stars)
    plan.builtins |= needs.builtins
    plan.dotted_imports.update(needs.dotted_imports)
    for symbol, whens in needs.externals.items():
        plan.externals.setdefault(symbol, set()).update(whens)
    for symbol, whens in needs.missing.items():
        plan.missing.setdefault(symbol, set()).update(whens)
