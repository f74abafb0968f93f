"""The files of one repository as Python sees them: modules by dotted name, and what a name in one of them means.

Enters: a mapping from posix path to bytes; nothing is read from disk and nothing is executed. Leaves: `Module`s,
parsed when first asked for, and `lookup`, which follows imports, re-exports and star imports to where a name is bound.
Not covered: `sys.path` tricks, import hooks, names made by `setattr`/`globals()`, a module's `__getattr__`.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .module import Broken, Import, Module, parse


@dataclass(frozen=True, slots=True)
class Defined:
    """Bound by the repository itself, in this module under this name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class External:
    """`import module` (attribute is '') or `from module import attribute`, of somebody else's module."""

    module: str
    attribute: str = ""

    @property
    def package(self) -> str:
        return self.module.split(".")[0]


@dataclass(frozen=True, slots=True)
class InRepo:
    """A module of this repository."""

    path: str  # of its file; for a namespace package its folder with a trailing slash


_SUBSCRIPTED_BACKWARDS = re.compile(rb"\[\s*(\w+)")  # brackets are rare: from them the name is found eight times faster
Target = Defined | External | InRepo | None


class Repo:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._modules: dict[str, Module | Broken] = {}
        self._virtual: dict[str, bytes] = {}
        self._folders = {folder for path in files for folder in _folders(path)}
        self._tops = sorted({self._top(path) for path in files if path.endswith(".py")}, key=_depth)
        self._stars: dict[str, list[str]] = {}
        self._homes: dict[
            tuple[str, str], list[InRepo]
        ] = {}  # by dotted name, and the folder that it is looked up from
        self._lookups: dict[tuple[str, str], Target] = {}
        self.remembered: dict[Any, Any] = {}  # what plan.py found out about units and definitions, by themselves
        self._subscripted: dict[bytes, list[str]] | None = None

    def module(self, path: str) -> Module | Broken:
        known = self._modules.get(path)
        if known is None:
            data = self._virtual[path] if path in self._virtual else self.files[path]
            known = self._modules[path] = parse(path, data)
        return known

    def add(self, path: str, text: str) -> None:
        """A file of our own among the repository's, such as a README's example; listed nowhere."""
        self._virtual[path] = text.encode("utf-8", "surrogateescape")
        self._modules.pop(path, None)

    def text(self, path: str) -> str:
        module = self.module(path)
        return "" if isinstance(module, Broken) else module.text

    def subscripting(self, name: str) -> list[str]:
        """Python files in which the name stands before a bracket: a cheap filter before any parsing."""
        if self._subscripted is None:
            self._subscripted = {}
            for path in self.python_files():
                for word in set(_SUBSCRIPTED_BACKWARDS.findall(self.files[path][::-1])):
                    self._subscripted.setdefault(word[::-1], []).append(path)
        return self._subscripted.get(name.encode(), [])

    def python_files(self) -> list[str]:
        return sorted(path for path in self.files if path.endswith(".py"))

    def _top(self, path: str) -> str:
        """The folder that would be on sys.path for this file: above its outermost package."""
        folder = posixpath.dirname(path)
        while folder and f"{folder}/__init__.py" in self.files:
            folder = posixpath.dirname(folder)
        return folder

    def find_module(self, dotted: str, importer: str) -> InRepo | None:
        """An absolute import, seen from the file `importer`."""
        own = self._top(importer)
        key = (dotted, own)
        if key not in self._homes:
            relative = dotted.replace(".", "/")
            elsewhere = () if dotted.split(".")[0] in sys.stdlib_module_names else ("", *self._tops)
            tops = dict.fromkeys((own, *elsewhere))
            homes = [self._module_at(f"{top}/{relative}" if top else relative) for top in tops]
            self._homes[key] = [home for home in homes if home is not None]
        return next((home for home in self._homes[key] if home.path != importer), None)

    def _module_at(self, stem: str) -> InRepo | None:
        for path in (f"{stem}/__init__.py", f"{stem}.py"):
            if path in self.files:
                return InRepo(path)
        return InRepo(f"{stem}/") if stem in self._folders else None

    def import_target(self, item: Import, importer: str) -> Target:
        """What the import binds: a module of ours, somebody else's, or a name inside one of ours."""
        if item.level:
            folder = posixpath.dirname(importer)
            for _ in range(item.level - 1):
                folder = posixpath.dirname(folder)
            stem = posixpath.join(folder, item.module.replace(".", "/")).rstrip("/")
            home = self._module_at(stem) if stem else InRepo("/")
            if home is None:
                return None
        else:
            home = self.find_module(item.module, importer)
        if home is None:
            return External(item.module, item.attribute)
        if not item.attribute:
            return home
        return self.member(home, item.attribute)

    def member(self, home: InRepo, name: str) -> Target:
        """`name` as an attribute of a module of ours: what it binds, else a submodule."""
        if not home.path.endswith("/"):
            found = self.lookup(home.path, name)
            if found is not None:
                return found
            if not home.path.endswith("/__init__.py") and home.path != "__init__.py":
                return None
        return self._module_at(posixpath.join(posixpath.dirname(home.path), name).lstrip("/"))

    def lookup(self, path: str, name: str) -> Target:
        """What `name` means at the end of the module at `path`; None when nothing there binds it."""
        key = (path, name)
        if key not in self._lookups:
            self._lookups[key] = None  # an import circle finds nothing the second time round
            self._lookups[key] = self._lookup(path, name)
        return self._lookups[key]

    def _lookup(self, path: str, name: str) -> Target:
        module = self.module(path)
        if isinstance(module, Broken):
            return None
        bindings = module.bindings.get(name, [])
        last = bindings[-1] if bindings else None
        # whichever statement comes last has bound the name
        for unit, star in reversed(module.stars):
            if last is not None and unit < last.unit:
                break
            home = self.import_target(star, path)
            if isinstance(home, InRepo) and (found := self._through_star(home, name)) is not None:
                return found
        if last is None:
            return None
        if last.item is None or last.nested:
            return Defined(path, name)
        return self.imported(last.item, name, path)

    def imported(self, item: Import, name: str, path: str) -> Target:
        if item.attribute or item.aliased:
            return self.import_target(item, path)
        # `import a.b` binds `a`
        return self.import_target(Import(item.module.split(".")[0], "", 0, False), path)

    def _through_star(self, home: InRepo, name: str) -> Target:
        if home.path.endswith("/"):
            return None
        module = self.module(home.path)
        if isinstance(module, Broken):
            return None
        if module.exports is not None:
            return self.member(home, name) if name in module.exports else None
        return None if name.startswith("_") else self.lookup(home.path, name)

    def external_stars(self, path: str) -> list[str]:
        """Other people's modules whose every name may be in scope here, through any chain of star imports."""
        if path not in self._stars:
            self._stars[path] = self._external_stars(path, frozenset())
        return self._stars[path]

    def _external_stars(self, path: str, seen: frozenset[str]) -> list[str]:
        module = self.module(path)
        if path in seen or isinstance(module, Broken):
            return []
        found: list[str] = []
        for _, star in module.stars:
            home = self.import_target(star, path)
            if isinstance(home, External):
                found.append(home.module)
            elif isinstance(home, InRepo) and not home.path.endswith("/"):
                found += self._external_stars(home.path, seen | {path})
        return list(dict.fromkeys(found))


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _depth(folder: str) -> tuple[int, str]:
    return (folder.count("/") + bool(folder), folder)
