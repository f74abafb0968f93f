"""Which requirements a repository's code asks for: its imports, met with what it declares.

In: its files, and what is installed already. Out: requirements to install, and modules that nothing tells of.
Only what is imported outside of tests is asked for: a package's metadata also names its training tools. A declared
requirement whose modules cannot be told from its name comes along as long as an import is still open.
Not covered: imports inside of strings, plug-ins that are looked up at run time.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from packaging.requirements import Requirement

from triton_data.environments.declared import ASIDE, Declared, declared
from triton_data.environments.distributions import denied, distribution_of, modules_of

IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+([^\n#;(]+))", re.M)
NAME = re.compile(r"^\s*([A-Za-z_]\w*)")
MAX_REQUIREMENTS = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    requirements: tuple[str, ...]  # sorted, as PEP 508 spells them
    unknown: tuple[str, ...]  # modules that no metadata and no table leads to
    refused: tuple[str, ...]  # modules whose distribution is never installed


def wanted(files: Mapping[str, bytes], deny: tuple[str, ...] = ()) -> Wanted:
    modules = [name for name in imported(files) if not _present(name)]
    if not modules:
        return Wanted((), (), ())
    stated = declared(files)
    by_module = _by_module(stated)
    chosen: dict[str, Requirement] = {}
    unknown, refused = [], []
    for module in modules:
        requirement = by_module.get(module.lower())
        name = requirement.name if requirement else distribution_of(module)
        if denied(module, deny) or (name and denied(name, deny)):
            refused.append(module)
        elif not name:
            unknown.append(module)
        else:
            chosen[name.lower()] = requirement or Requirement(name)
    if unknown:
        for requirement in _untold(stated, modules):
            if not denied(requirement.name, deny):
                chosen.setdefault(requirement.name.lower(), requirement)
    lines = sorted(_line(each) for each in chosen.values())[:MAX_REQUIREMENTS]
    return Wanted(tuple(lines), tuple(unknown), tuple(refused))


def imported(files: Mapping[str, bytes]) -> list[str]:
    """Top-level names that its Python files import and that are not its own."""
    own = _own(files)
    found: set[str] = set()
    for path, data in files.items():
        if path.endswith(".py") and not _aside(path):
            for source, names in IMPORT.findall(data):
                found.update(_tops(source.decode()) if source else _tops(names.decode("utf-8", "replace")))
    return sorted(found - own - sys.stdlib_module_names)


def _tops(names: str) -> list[str]:
    return [match[1] for part in names.split(",") if (match := NAME.match(part))]


def _own(files: Mapping[str, bytes]) -> set[str]:
    """Modules at the root, below `src`, or beside whoever imports them: a folder's name shadows an index's."""
    own: set[str] = set()
    for path in files:
        if path.endswith(".py"):
            parts = PurePosixPath(path).parts
            own.update(part for part in parts[:-1] if part not in ASIDE)
            own.add(parts[-1].removesuffix(".py"))
    return own


def _aside(path: str) -> bool:
    *folders, name = PurePosixPath(path).parts
    return bool(ASIDE.intersection(folders)) or name in ("setup.py", "conftest.py") or name.startswith("test_")


@cache
def _present(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _by_module(stated: Declared) -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for requirement in (*stated.needed, *stated.optional):
        for module in modules_of(requirement.name):
            found.setdefault(module.lower(), requirement)
    return found


def _untold(stated: Declared, modules: list[str]) -> list[Requirement]:
    """Declared, and neither imported under a name that it is known by nor here already."""
    asked = {module.lower() for module in modules}
    return [
        requirement
        for requirement in stated.needed
        if not any(name.lower() in asked or _present(name) for name in modules_of(requirement.name))
    ]


def _line(requirement: Requirement) -> str:
    """Without its marker, which holds here or belongs to an extra."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    name = "opencv-python-headless" if requirement.name.lower().startswith("opencv-") else requirement.name
    return f"{name}{extras}{requirement.specifier}"
