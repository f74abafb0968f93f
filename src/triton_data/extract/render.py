"""The text of a standalone file, from its plan: imports, then the units as their authors wrote them.

Enters: a `Plan`. Leaves: the text and the name that each root has in it. A unit's text is copied; only a unit in which
a name must change goes through libcst (rewrite.py).
Not covered: import lines keep their meaning, not their spelling, because most of them lose unused names.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from .module import Broken, Unit
from .names import When
from .plan import Plan, Symbol, Unclosed, order
from .reasons import Reason
from .repo import Defined, External
from .rewrite import Edit, rewrite

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(eq=False)
class Naming:
    """Which name each symbol has in the file; `owner` is the same the other way round."""

    owner: dict[str, object] = field(default_factory=dict)
    given: dict[object, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # identifiers anywhere in the texts: no fresh name may be one

    def claim(self, key: object, name: str, hint: str) -> None:
        if key in self.given:
            return
        fresh, n = name, 1
        while fresh in self.owner or (fresh != name and fresh in self.seen):
            fresh, n = f"{name}_{hint}" if n == 1 else f"{name}_{hint}_{n}", n + 1
        self.owner[fresh], self.given[key] = key, fresh


def render(
    made: Plan, roots: list[tuple[str, str]]
) -> tuple[str, dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    units = _without_twins(made, order(made))
    naming = _names(made, units, roots)
    body: list[str] = []
    last: Unit | None = None
    for unit in units:
        text = _unit_text(made, unit, naming)
        body.append(_gap(last, unit) + text)
        last = unit
    head = _imports(made, naming)
    aliases = _aliases(made, units, naming)
    text = head + _weave(body, units, aliases)
    text = text.strip("\n") + "\n"
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise Unclosed(Reason.SYNTAX, f"the standalone file does not parse: {error}") from error
    names = {root: naming.given[_key(made, Symbol(*_origin(made, root)))] for root in roots}
    homes = {(u.path, n): naming.given[_key(made, Symbol(u.path, n))] for u in made.units.values() for n in u.binds}
    return text, names, homes


def _origin(made: Plan, root: tuple[str, str]) -> tuple[str, str]:
    target = made.repo.lookup(*root)
    assert isinstance(target, Defined)
    return (target.path, target.name)


def _key(made: Plan, symbol: Symbol) -> object:
    """What makes two symbols one: the same import, the same definition, or definitions with the same text."""
    if symbol.external is not None:
        return symbol.external
    module = made.repo.module(symbol.where)
    assert not isinstance(module, Broken)
    last = module.bindings[symbol.name][-1]
    if last.item is not None and not last.item.level:
        target = made.repo.import_target(last.item, symbol.where)
        if isinstance(target, External) and (last.item.attribute or last.item.aliased):
            return target
    return made.twins.get((symbol.where, symbol.name), (symbol.where, symbol.name))


def _without_twins(made: Plan, units: list[Unit]) -> list[Unit]:
    """`def exists(x): ...` stands in every file of some repositories: keep one where text and meaning are the same."""
    seen: dict[object, Unit] = {}
    kept = []
    for unit in units:
        print_ = _fingerprint(made, unit)
        first = seen.setdefault(print_, unit) if print_ is not None else unit
        if first is unit:
            kept.append(unit)
        else:
            made.twins.update({(unit.path, name): (first.path, name) for name in unit.binds})
    return kept


def _fingerprint(made: Plan, unit: Unit) -> object:
    if any(uses.local_imports for uses in unit.uses):
        return None
    module = made.repo.module(unit.path)
    assert not isinstance(module, Broken)
    if any(len(module.bindings[name]) > 1 or name in module.writers for name in unit.binds):
        return None
    meanings = []
    for uses in unit.uses:
        for chain in sorted(uses.chains):
            meaning = made.meaning.get((unit.path, chain))
            if meaning is None:
                continue
            own = meaning[0].where == unit.path and meaning[0].name in unit.binds
            meanings.append((chain, "own" if own else _key(made, meaning[0])))
    return (unit.text, tuple(meanings))


def _names(made: Plan, units: list[Unit], roots: list[tuple[str, str]]) -> Naming:
    naming = Naming()
    for unit in units:
        naming.seen.update(_IDENTIFIER.findall(unit.text))
    for name in sorted(made.builtins):
        naming.claim(("builtin", name), name, "builtin")
    for root in roots:
        where, name = _origin(made, root)
        naming.claim(_key(made, Symbol(where, name)), name, _stem(where))
    for symbol in (*made.externals, *made.missing):
        naming.claim(_key(made, symbol), symbol.name, symbol.external.package if symbol.external else "x")
    for unit in units:
        for name in sorted(unit.binds):
            naming.claim(_key(made, Symbol(unit.path, name)), name, _stem(unit.path))
    return naming


def _stem(path: str) -> str:
    parts = path.removesuffix(".py").split("/")
    word = parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]
    return re.sub(r"\W", "_", word).strip("_") or "module"


def _unit_text(made: Plan, unit: Unit, naming: Naming) -> str:
    edit = Edit()
    for uses in unit.uses:
        for chain in uses.chains:
            meaning = made.meaning.get((unit.path, chain))
            if meaning is None:
                continue
            symbol, parts = meaning
            new = naming.given[_key(made, symbol)]
            old = ".".join(chain.split(".")[:parts])
            if old != new and (parts > 1 or not _can_alias(naming, old, symbol)):
                edit.chains[old] = new
            if symbol in made.missing:
                edit.drop_decorators.add(old)
        for node in uses.local_imports:
            _local_edits(made, unit, node, naming, edit)
    for name in unit.binds:
        new = naming.given[_key(made, Symbol(unit.path, name))]
        if new != name:
            edit.chains[name] = new
    decorated = {d for d in edit.drop_decorators if f"@{d}" in unit.text}
    edit.drop_decorators = decorated
    return rewrite(unit.text, edit) if edit else unit.text


def _can_alias(naming: Naming, name: str, symbol: Symbol) -> bool:
    """`from a import f as g`: the line `g = f` keeps the text as it was, if g is not taken."""
    return name not in naming.owner and symbol.external is None


def _local_edits(made: Plan, unit: Unit, node: ast.Import | ast.ImportFrom, naming: Naming, edit: Edit) -> None:
    from .plan import local_targets

    for alias in node.names:
        for target, chain in local_targets(made.repo, unit.path, node, alias):
            statement = chain.removeprefix("import ").split(":")[0]
            if isinstance(target, Defined):
                symbol = Symbol(target.path, target.name)
                edit.imports[(statement, alias.name)] = naming.given[_key(made, symbol)]
            elif isinstance(target, External) and isinstance(node, ast.ImportFrom) and node.level:
                edit.imports[(statement, alias.name)] = f"{target.module}:{target.attribute}"


def _aliases(made: Plan, units: list[Unit], naming: Naming) -> dict[tuple[str, int], list[str]]:
    """Lines `g = f`, by the unit after which they stand."""
    lines: dict[tuple[str, int], list[str]] = {}
    placed: dict[str, object] = {}
    homes = {name: unit.key for unit in units for name in _given_binds(made, unit, naming)}
    for unit in units:
        for uses in unit.uses:
            for chain in uses.chains:
                meaning = made.meaning.get((unit.path, chain))
                if meaning is None or meaning[1] != 1:
                    continue
                old, key = chain.split(".")[0], _key(made, meaning[0])
                new = naming.given[key]
                if old != new and _can_alias(naming, old, meaning[0]) and placed.setdefault(old, key) == key:
                    home = lines.setdefault(homes[new], [])
                    if f"{old} = {new}" not in home:
                        home.append(f"{old} = {new}")
    return lines


def _given_binds(made: Plan, unit: Unit, naming: Naming) -> list[str]:
    return [naming.given[_key(made, Symbol(unit.path, name))] for name in unit.binds]


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
    return isinstance(unit.nodes[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _imports(made: Plan, naming: Naming) -> str:
    lines: list[str] = []
    future = any(_future(made, path) for path in made.modules())
    typing_only = [symbol for symbol, whens in made.missing.items() if whens == {When.ANNOTATION}]
    if future or typing_only:
        lines += ["from __future__ import annotations", ""]
    plain, grouped = _plain_and_grouped(made, naming)
    lines += sorted(plain) + grouped
    lines += [f"from {star} import *" for star in made.stars]
    if typing_only:
        lines += ["from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:"]
        lines += [f"    {_import_line(symbol, naming.given[_key(made, symbol)])}" for symbol in typing_only]
    for symbol, whens in made.missing.items():
        if symbol not in typing_only and not all(when & When.DECORATOR for when in whens):
            name = naming.given[_key(made, symbol)]
            lines += ["", "try:", f"    {_import_line(symbol, name)}", "except ImportError:", f"    {name} = None"]
    return "\n".join(lines)


def _plain_and_grouped(made: Plan, naming: Naming) -> tuple[list[str], list[str]]:
    plain: list[str] = []
    members: dict[str, list[str]] = {}
    for symbol in made.externals:
        external, name = symbol.external, naming.given[_key(made, symbol)]
        assert external is not None
        if external.attribute:
            word = external.attribute if external.attribute == name else f"{external.attribute} as {name}"
            members.setdefault(external.module, []).append(word)
        else:
            plain.append(_import_line(symbol, name))
    dotted = [f"import {module}" for module in made.dotted_imports]
    plain = [line for line in plain if not any(d.startswith(f"{line}.") for d in dotted)]
    grouped = [f"from {module} import {', '.join(sorted(set(words)))}" for module, words in sorted(members.items())]
    return list(dict.fromkeys(plain + dotted)), [_folded(line) for line in grouped]


def _import_line(symbol: Symbol, name: str) -> str:
    external = symbol.external
    assert external is not None
    if external.attribute:
        suffix = "" if external.attribute == name else f" as {name}"
        return f"from {external.module} import {external.attribute}{suffix}"
    return f"import {external.module}" + ("" if external.module == name else f" as {name}")


def _folded(line: str) -> str:
    if len(line) <= 100:
        return line
    head, _, names = line.partition(" import ")
    return f"{head} import (\n" + "".join(f"    {name},\n" for name in names.split(", ")) + ")"


def _future(made: Plan, path: str) -> bool:
    module = made.repo.module(path)
    return not isinstance(module, Broken) and module.future_annotations
