"""The text of a standalone file, from its plan: imports, then the units as their authors wrote them.

In: a `Plan`. Out: the text and the name that each root has in it. A unit's text is copied; only a unit in which
a name must change goes through libcst (renaming.py).
Not covered: import lines keep their meaning, not their spelling, because most of them lose unused names.
"""

from __future__ import annotations

import ast

from triton_data.extract.closure.edit import Edit
from triton_data.extract.closure.imports import imports
from triton_data.extract.closure.local_modules import taken_from
from triton_data.extract.closure.naming import Naming, key_at, key_of, names, origin_of, without_copies
from triton_data.extract.closure.order import order
from triton_data.extract.closure.plan import Plan
from triton_data.extract.closure.renaming import rewrite
from triton_data.extract.closure.symbols import Symbol, Unclosed, local_targets
from triton_data.extract.reasons import Reason
from triton_data.extract.source.module import Unit
from triton_data.extract.source.repo import Defined, External, InRepo


def render(
    plan: Plan, roots: list[tuple[str, str]]
) -> tuple[str, dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    units = without_copies(plan, order(plan))
    naming = names(plan, units, roots)
    body: list[str] = []
    last: Unit | None = None
    for unit in units:
        text = _unit_text(plan, unit, naming)
        body.append(_gap(last, unit) + text)
        last = unit
    head = imports(plan, naming)
    aliases = _aliases(plan, units, naming)
    text = head + _weave(body, units, aliases)
    text = text.strip("\n") + "\n"
    called = {root: naming.given[key_at(plan, *origin_of(plan, root))] for root in roots}
    homes = {(u.path, n): naming.given[key_at(plan, u.path, n)] for u in plan.units.values() for n in u.binds}
    return text, called, homes


def _unit_text(plan: Plan, unit: Unit, naming: Naming) -> str:
    if plan.needs[unit.key].plain and not naming.changed:
        return unit.text
    edit = Edit()
    for chain in plan.needs[unit.key].chains:
        meaning = plan.meaning.get((unit.path, chain))
        if meaning is None:
            continue
        symbol, parts = meaning
        new = naming.given[key_of(plan, symbol)]
        old = ".".join(chain.split(".")[:parts])
        if old != new and (parts > 1 or not _can_alias(naming, old, symbol)):
            edit.chains[old] = new
        if symbol in plan.missing:
            edit.drop_decorators.add(old)
    for node in unit.imports_inside if plan.extent.local_imports or not unit.kind else ():
        _local_edits(plan, unit, node, naming, edit)
    for name in unit.binds:
        new = naming.given[key_at(plan, unit.path, name)]
        if new != name:
            edit.chains[name] = new
    decorated = {d for d in edit.drop_decorators if f"@{d}" in unit.text}
    edit.drop_decorators = decorated
    if not edit:
        return unit.text
    try:
        return rewrite(unit.text, edit)
    except (SyntaxError, ValueError) as error:
        raise Unclosed(Reason.SYNTAX, f"{unit.path}: with other names it does not parse: {error}") from error


def _can_alias(naming: Naming, name: str, symbol: Symbol) -> bool:
    """`from a import f as g`: the line `g = f` keeps the text as it was, if g is not taken."""
    return name not in naming.owner and symbol.external is None


def _local_edits(plan: Plan, unit: Unit, node: ast.Import | ast.ImportFrom, naming: Naming, edit: Edit) -> None:
    for alias in node.names:
        for target, chain in local_targets(plan.repo, unit.path, node, alias):
            statement = chain.removeprefix("import ").split(":")[0]
            if isinstance(target, Defined):
                symbol = Symbol(target.path, target.name)
                edit.imports[(statement, alias.name)] = naming.given[key_of(plan, symbol)]
            elif isinstance(target, InRepo) and (taken := taken_from(plan.repo, unit, target, alias, node)):
                symbols = {name: Symbol(member.path, member.name) for name, member in taken.items()}
                given = (f"{name}={naming.given[key_of(plan, symbol)]}" for name, symbol in symbols.items())
                edit.imports[(statement, alias.name)] = f'type("{alias.name}", (), dict({", ".join(given)}))'
            elif isinstance(target, External) and isinstance(node, ast.ImportFrom) and node.level:
                edit.imports[(statement, alias.name)] = f"{target.module}:{target.attribute}"


def _aliases(plan: Plan, units: list[Unit], naming: Naming) -> dict[tuple[str, int], list[str]]:
    """Lines `g = f`, by the unit after which they stand."""
    lines: dict[tuple[str, int], list[str]] = {}
    renamed = units if naming.changed else [unit for unit in units if not plan.needs[unit.key].plain]
    if not renamed:
        return lines
    placed: dict[str, object] = {}
    homes = {name: unit.key for unit in units for name in _given_binds(plan, unit, naming)}
    for unit in renamed:
        for chain in plan.needs[unit.key].chains:
            meaning = plan.meaning.get((unit.path, chain))
            if meaning is None or meaning[1] != 1:
                continue
            old, key = chain.split(".")[0], key_of(plan, meaning[0])
            new = naming.given[key]
            if old != new and _can_alias(naming, old, meaning[0]) and placed.setdefault(old, key) == key:
                home = lines.setdefault(homes[new], [])
                if f"{old} = {new}" not in home:
                    home.append(f"{old} = {new}")
    return lines


def _given_binds(plan: Plan, unit: Unit, naming: Naming) -> list[str]:
    return [naming.given[key_at(plan, unit.path, name)] for name in unit.binds]


def _weave(body: list[str], units: list[Unit], aliases: dict[tuple[str, int], list[str]]) -> str:
    parts = []
    for text, unit in zip(body, units, strict=True):
        parts.append(text)
        if unit.key in aliases:
            parts.append("\n\n\n" + "\n".join(aliases[unit.key]))
    return "".join(parts)


def _gap(last: Unit | None, unit: Unit) -> str:
    if last is None:
        return "\n\n\n" if _is_block(unit) else "\n\n"
    if last.path == unit.path and last.index + 1 == unit.index:
        return "\n" * max(1, min(3, unit.start - last.end))
    return "\n\n\n" if _is_block(last) or _is_block(unit) else "\n\n" if last.path != unit.path else "\n"


def _is_block(unit: Unit) -> bool:
    return bool(unit.kind)
