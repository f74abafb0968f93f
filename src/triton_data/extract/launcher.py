"""The host function that calls a kernel: kernel + wrapper is what people train on.

Enters: a `Repo`, the kernel's path and dotted name. Leaves: (path, name) of the best candidate, or None.
Not covered: launchers in another repository, and those that find their kernel in a table.
"""

from __future__ import annotations

import ast
import re

from .module import Broken, Unit
from .repo import Defined, Repo


def find_launcher(repo: Repo, path: str, kernel: str, home: Unit) -> tuple[str, str] | None:
    last = kernel.rsplit(".", 1)[-1]
    launch = re.compile(rf"\b{re.escape(last)}\s*\[")
    if launch.search(home.text):
        return None  # the kernel's own class or function launches it, and comes along anyway
    found = _in_file(repo, path, launch)
    if found:
        return found
    for other in repo.mentions(last):
        if other != path and launch.search(repo.text(other)):
            target = repo.lookup(other, kernel.split(".")[0])
            if target == Defined(path, kernel.split(".")[0]) and (found := _in_file(repo, other, launch)):
                return found
    return None


def _in_file(repo: Repo, path: str, launch: re.Pattern[str]) -> tuple[str, str] | None:
    module = repo.module(path)
    if isinstance(module, Broken):
        return None
    found = []
    for unit in module.units:
        node = unit.nodes[0]
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and launch.search(unit.text):
            # a plain function before a class, a short one before a long one
            found.append((isinstance(node, ast.ClassDef), len(unit.text), node.name))
    return (path, min(found)[2]) if found else None
