"""Modules of the repository that a function imports for itself: `from . import losses`, then `losses.Huber()`.

Enters: a `Repo`, the unit, and what an import in it leads to. Leaves: the definitions that stand for the attributes
that the unit asks of the name, so that a plain object with these attributes can take the module's place.
Nothing where the module itself is passed around: then the import is left as it is and fails where it is reached, as
absent packages do.
"""

from __future__ import annotations

import ast

from .module import Unit
from .repo import Defined, InRepo, Repo


def taken_from(repo: Repo, unit: Unit, module: InRepo, alias: ast.alias, node: ast.stmt) -> dict[str, Defined]:
    if isinstance(node, ast.Import) and alias.asname is None:
        return {}  # `import a.b` binds `a`
    bound = alias.asname or alias.name
    attributes: dict[str, None] = {}
    roots: set[int] = set()
    for top in unit.nodes:
        for each in ast.walk(top):
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == bound:
                attributes[each.attr] = None
                roots.add(id(each.value))
            elif isinstance(each, ast.Name) and each.id == bound and id(each) not in roots:
                return {}  # ast.walk comes to an attribute before what it is asked of
    found = {name: repo.member(module, name) for name in attributes}
    defined = {name: target for name, target in found.items() if isinstance(target, Defined)}
    return defined if len(defined) == len(found) else {}
