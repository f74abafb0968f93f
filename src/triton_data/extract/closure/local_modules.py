"""Modules of the repository that a function imports for itself: `from . import losses`, then `losses.Huber()` or
`getattr(losses, name)`.

In: a `Repo`, the unit, and what an import in it leads to. Out: the definitions that stand for the attributes
that the unit asks of the name, all that the module has where it is passed around, so that a plain object with these
attributes can take the module's place. Where there are none the import stays, and fails where it is reached.
Not covered: what the module has through star imports, or of other packages.
"""

from __future__ import annotations

import ast

from triton_data.extract.source.module import Broken, Unit
from triton_data.extract.source.repo import Defined, InRepo, Repo

MAX_NAMES = 100


def taken_from(repo: Repo, unit: Unit, home: InRepo, alias: ast.alias, node: ast.stmt) -> dict[str, Defined]:
    if isinstance(node, ast.Import) and alias.asname is None:
        return {}  # `import a.b` binds `a`
    attributes = _attributes_of(unit, alias.asname or alias.name)
    whole = not attributes or "__dict__" in attributes or "__all__" in attributes
    names = _public(repo, home) if whole else attributes
    found = {name: repo.member(home, name) for name in names}
    defined = {name: target for name, target in found.items() if isinstance(target, Defined)}
    return defined if (whole and len(defined) <= MAX_NAMES) or len(defined) == len(found) else {}


def _attributes_of(unit: Unit, bound: str) -> dict[str, None]:
    """Attributes that are asked of the name; none where it is used in another way as well."""
    attributes: dict[str, None] = {}
    roots: set[int] = set()
    for each in (each for top in unit.nodes for each in ast.walk(top)):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == bound:
            attributes[each.attr] = None
            roots.add(id(each.value))
        elif isinstance(each, ast.Name) and each.id == bound and id(each) not in roots:
            return {}  # ast.walk comes to an attribute before what it is asked of
    return attributes


def _public(repo: Repo, home: InRepo) -> dict[str, None]:
    module = None if home.path.endswith("/") else repo.module(home.path)
    if module is None or isinstance(module, Broken):
        return {}
    public = (name for name in module.bindings if not name.startswith("__") or name == "__all__")
    return dict.fromkeys(public)
