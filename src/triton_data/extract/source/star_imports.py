"""Where a name that a star import brings in really comes from: other people's packages, read but never imported.

In: a module's dotted name and a name. Out: the `External` that an explicit import would spell, or None.
`from fastai.imports import *` brings in `nn`; what the standalone file needs is `from torch import nn`.
Not covered: packages that are not pure Python, names made at import time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from triton_data.extract.source.installed_packages import folder_of
from triton_data.extract.source.repo import Defined, External, InRepo, Repo

_BINARY = frozenset(("torch", "numpy", "scipy", "triton", "pandas"))
MAX_FILES = 3000


class _Files(Mapping[str, bytes]):
    """The Python files of an installed package, read when asked for."""

    def __init__(self, package: Path) -> None:
        paths = sorted(package.rglob("*.py"))[:MAX_FILES]
        self._paths = {path.relative_to(package.parent).as_posix(): path for path in paths}

    def __getitem__(self, path: str) -> bytes:
        return self._paths[path].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._paths


@cache
def _repo(package: str, packages: str) -> Repo | None:
    folder = folder_of(package, packages)
    # this is the installed package: nothing else that is installed comes before it
    return Repo(_Files(folder), installed=lambda module, name: False) if folder is not None else None


@cache
def through_star(module: str, name: str, packages: str = "", depth: int = 0) -> External | None:
    package = module.split(".")[0]
    if package in _BINARY or depth > 6:
        return _shallow(module, name)
    repo = _repo(package, packages)
    home = repo.find_module(module, f"{package}/__init__.py") if repo is not None else None
    if home is None and module == package and repo is not None:
        home = InRepo(f"{package}/__init__.py")
    if repo is None or home is None or home.path.endswith("/"):
        return None
    target = repo.lookup(home.path, name)
    if isinstance(target, Defined):
        return External(_dotted(target.path), target.name)
    if isinstance(target, External):
        return target
    if isinstance(target, InRepo):
        return External(_dotted(target.path))
    for star in reversed(repo.external_stars(home.path)):
        found = through_star(star, name, packages, depth + 1)
        if found is not None:
            return found
    return None


def _shallow(module: str, name: str) -> External | None:
    """Torch and its like are asked for themselves, where they are loaded anyway."""
    import sys

    loaded = sys.modules.get(module)
    return External(module, name) if loaded is not None and hasattr(loaded, name) else None


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
