"""Which folders of a repository may be on `sys.path`, and which of them an importing file means.

In: the paths of the files. Out: for the first part of an absolute import the folders that hold it, and an order
among them. Any folder that is no package itself counts: scripts are started from it, or its contents are installed.
Not covered: what packaging metadata says (`package_dir`), changes of `sys.path` in code.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection


def folders_above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def roots(files: Collection[str], folders: set[str]) -> dict[str, list[str]]:
    """From a first part to the folders; `folders` are those that hold Python files somewhere below."""
    found: dict[str, set[str]] = {}
    for path in (*folders, *(path for path in files if path.endswith(".py"))):
        folder, name = posixpath.split(path)
        if not folder or f"{folder}/__init__.py" not in files:
            found.setdefault(name.removesuffix(".py"), set()).add(folder)
    return {name: sorted(holders) for name, holders in found.items()}


def below(root: str, dotted: str) -> str:
    return posixpath.join(root, dotted.replace(".", "/"))


def distance(root: str, own: str, bare: bool) -> tuple[bool, bool, int, int, str]:
    """The importer's own folder, those above it outwards, then the others: what shares most of the path first.

    `bare`: what is imported has no `__init__.py` there. Python takes it last wherever it stands on `sys.path`; but of
    many projects in one repository, each with its `models/`, the importer's path holds its own and not the others.
    """
    parts, owns = (folder.split("/") if folder else [] for folder in (root, own))
    shared = len(posixpath.commonprefix([parts, owns]))
    elsewhere = shared < len(parts)
    return (elsewhere, elsewhere and bare, -shared, len(parts), root)
