"""The import lines of a standalone file.

In: a `Plan` and its `Naming`. Out: the head of the text. Absent packages whose names are only annotations stand
under TYPE_CHECKING; those used inside functions only become None, or a class that nothing is an instance of, so that
the path that does without them runs.
Not covered: the spelling of the original lines, because most of them lose unused names.
"""

from __future__ import annotations

import re

from triton_data.extract.closure.naming import Naming, key_of
from triton_data.extract.closure.plan import Plan
from triton_data.extract.closure.symbols import Symbol
from triton_data.extract.source.module import Broken
from triton_data.extract.source.used_names import When


def imports(plan: Plan, naming: Naming) -> str:
    lines: list[str] = []
    future = not plan.extent.annotations or any(_future(plan, path) for path in plan.modules())
    typing_only = [symbol for symbol, whens in plan.missing.items() if whens == {When.ANNOTATION}]
    if future or typing_only:
        lines += ["from __future__ import annotations", ""]
    plain, grouped = _plain_and_grouped(plan, naming)
    lines += sorted(plain) + grouped
    lines += [f"from {star} import *" for star in plan.stars]
    if typing_only:
        lines += ["from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:"]
        lines += [f"    {_import_line(symbol, naming.given[key_of(plan, symbol)])}" for symbol in typing_only]
    for symbol, whens in plan.missing.items():
        if symbol not in typing_only and not all(when & When.DECORATOR for when in whens):
            name = naming.given[key_of(plan, symbol)]
            absent = f"type({name!r}, (), {{'absent': True}})" if _checked_for(plan, name) else "None"
            lines += ["", "try:", f"    {_import_line(symbol, name)}", "except ImportError:", f"    {name} = {absent}"]
    return "\n".join(lines)


def _checked_for(plan: Plan, name: str) -> bool:
    """`isinstance(x, Name)`, which wants a class; nothing is one of those then."""
    class_checks = re.compile(rf"\b(?:isinstance|issubclass)\(.*\b{re.escape(name)}\b")
    return any(class_checks.search(unit.text) for unit in plan.units.values())


def _plain_and_grouped(plan: Plan, naming: Naming) -> tuple[list[str], list[str]]:
    plain: list[str] = []
    members: dict[str, list[str]] = {}
    for symbol in plan.externals:
        external, name = symbol.external, naming.given[key_of(plan, symbol)]
        assert external is not None
        if external.attribute:
            word = external.attribute if external.attribute == name else f"{external.attribute} as {name}"
            members.setdefault(external.module, []).append(word)
        else:
            plain.append(_import_line(symbol, name))
    dotted = [f"import {module}" for module in plan.dotted_imports]
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


def _future(plan: Plan, path: str) -> bool:
    module = plan.repo.module(path)
    return not isinstance(module, Broken) and module.future_annotations
