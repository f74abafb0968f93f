"""The files of one repository as Python sees them: modules by dotted name, and what a name in one of them means.

In: a mapping from posix path to bytes; none of them is read from disk and nothing is executed. Out: `Module`s,
parsed when first asked for, and `lookup`, which follows imports, re-exports and star imports to where a name is bound.
A folder without `__init__.py` is a package wherever it leads to a file, unless an installed package has the same name.
Not covered: `sys.path` tricks, import hooks, names made by `setattr`/`globals()`, a module's `__getattr__`.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from triton_data.extract.reasons import Reason
from triton_data.extract.source import notebooks
from triton_data.extract.source.code import Code
from triton_data.extract.source.import_roots import below, distance, folders_above, roots
from triton_data.extract.source.installed_packages import provides
from triton_data.extract.source.module import Binding, Broken, Import, Module
from triton_data.extract.source.parsing import parse

Key = tuple[str, str]  # path and name of what a module of the repository binds


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
Found = TypeVar("Found")


class Repo:
    def __init__(
        self,
        files: Mapping[str, bytes],
        installed: Callable[[str, str], bool] | None = None,
        edited: Callable[[str], bytes] | None = None,
        packages: str = "",
    ) -> None:
        """`installed`: whether a module, and a name in it, is to be had from outside of these files; `edited`: what is
        read in place of a Python file; `packages`: a folder that was installed for it."""
        self.files = files
        self.packages = packages
        self.licences: Mapping[str, str] = {}  # of each file, where somebody said so
        self._installed = installed or partial(provides, packages=packages)
        self._edited = edited or files.__getitem__
        self._modules: dict[str, Module | Broken] = {}
        self._code: dict[tuple[int, str], Code] = {}  # definitions by line and text: copies of a file share them
        self._virtual: dict[str, bytes] = {}
        self._folders = {folder for path in files if path.endswith(".py") for folder in folders_above(path)}
        self._roots = roots(files, self._folders)
        self._stars: dict[str, list[str]] = {}
        # by dotted name and the folder that it is looked up from: each with the folder that would be on sys.path
        self._homes: dict[tuple[str, str], list[tuple[str, InRepo]]] = {}
        self._lookups: dict[tuple[str, str], Target] = {}
        self.remembered: dict[Any, Any] = {}  # what closure/plan.py found out of units and definitions
        self._subscripted: dict[bytes, list[str]] | None = None

    def module(self, path: str) -> Module | Broken:
        known = self._modules.get(path)
        if known is None:
            known = self._modules[path] = self._parsed(path)
        return known

    def _parsed(self, path: str) -> Module | Broken:
        if path in self._virtual:
            return parse(path, self._virtual[path], self._code)
        if not path.endswith(notebooks.SUFFIX):
            return parse(path, self._edited(path), self._code)
        try:
            return parse(path, notebooks.python_of(self.files[path]))
        except notebooks.Unreadable as error:
            return Broken(path, Reason.SYNTAX, str(error))

    def once(self, key: object, find: Callable[[], Found]) -> Found:
        """What was found out about the repository before, under the same key."""
        if key not in self.remembered:
            self.remembered[key] = find()
        known: Found = self.remembered[key]
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
        """Notebooks are read as Python files too."""
        return sorted(path for path in self.files if path.endswith((".py", notebooks.SUFFIX)))

    def _top(self, path: str) -> str:
        """The folder that would be on sys.path for this file: above its outermost package."""
        folder = posixpath.dirname(path)
        while folder and f"{folder}/__init__.py" in self.files:
            folder = posixpath.dirname(folder)
        return folder

    def find_module(self, dotted: str, importer: str, attribute: str = "") -> InRepo | None:
        """An absolute import, seen from the file `importer`."""
        found = self._find(dotted, importer, attribute)
        return found[1] if found is not None else None

    def _find(self, dotted: str, importer: str, attribute: str) -> tuple[str, InRepo] | None:
        first = dotted.split(".")[0]
        if first not in self._roots:
            return None
        own = self._top(importer)
        if (dotted, own) not in self._homes:
            tops = self._roots[first]
            if first in sys.stdlib_module_names:
                tops = [top for top in tops if top == own]
            found = [(top, home) for top in tops if (home := self._module_at(below(top, dotted))) is not None]
            found.sort(key=lambda each: distance(each[0], own, self._is_bare(each[0], first)))
            self._homes[dotted, own] = found
        for top, home in self._homes[dotted, own]:
            itself = home.path == importer and not self._is_submodule(home, attribute)
            if not itself and (not self._is_bare(top, first) or self._leads_on(home, dotted, attribute)):
                return top, home
        return None

    def _is_bare(self, top: str, first: str) -> bool:
        home = self._module_at(below(top, first))
        return home is None or home.path.endswith("/")

    def _is_submodule(self, package: InRepo, name: str) -> bool:
        """What `from package import name` in the package's own `__init__` brings in."""
        folder, _, file = package.path.rpartition("/")
        return bool(name) and file == "__init__.py" and self._module_at(posixpath.join(folder, name)) is not None

    def _leads_on(self, home: InRepo, dotted: str, attribute: str) -> bool:
        """A folder may share its name with a package: `benchmarks/jax/`, or `triton/` with somebody's kernels."""
        is_file = not home.path.endswith("/") or (attribute and self._module_at(home.path + attribute) is not None)
        return bool(is_file) and not self._installed(dotted, attribute)

    def _module_at(self, stem: str) -> InRepo | None:
        for path in (f"{stem}/__init__.py", f"{stem}.py", f"{stem}{notebooks.SUFFIX}"):
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
            home = self.find_module(item.module, importer, item.attribute)
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
            return self._guarded_triton(bindings, name, path) or Defined(path, name)
        return self.imported(last.item, name, path)

    def _guarded_triton(self, bindings: list[Binding], name: str, path: str) -> External | None:
        """`if HAS_TRITON: import triton`, else a placeholder: here it is there, and the guard may ask for a device."""
        found = {self.imported(each.item, name, path) for each in bindings if each.item is not None}
        target = found.pop() if len(found) == 1 else None
        if isinstance(target, External) and target.package == "triton":
            return target if self._installed(target.module, target.attribute) else None
        return None

    def imported(self, item: Import, name: str, path: str) -> Target:
        if item.attribute or item.aliased:
            return self.import_target(item, path)
        # `import a.b` binds `a`
        first = item.module.split(".")[0]
        found = self._find(item.module, path, "")
        if found is not None:
            return self._module_at(below(found[0], first))
        return self.import_target(Import(first, "", 0, False), path)

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
