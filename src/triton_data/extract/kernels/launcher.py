"""The host function that calls a kernel: kernel + wrapper is what people train on.

In: a `Repo`, the kernel's path and dotted name. Out: (path, name) of the best candidate, or None.
Not covered: launchers in another repository, and those that find their kernel in a table.
"""

from __future__ import annotations

import re

from triton_data.extract.source.find import FoundKernel, kernels_in, may_hold_kernels
from triton_data.extract.source.module import Broken, Module, Unit
from triton_data.extract.source.repo import Defined, Repo


def find_launcher(repo: Repo, path: str, kernel: str, home: Unit) -> tuple[str, str] | None:
    first, last = kernel.split(".")[0], kernel.rsplit(".", 1)[-1]
    module = repo.module(path)
    if isinstance(module, Broken) or home in module.subscripting(last):
        return None  # the kernel's own class or function launches it, and comes along anyway
    found = _shortest(module, last)
    if found:
        return found
    for other in repo.subscripting(last):
        elsewhere = repo.module(other)
        if other == path or isinstance(elsewhere, Broken):
            continue
        if repo.lookup(other, first) == Defined(path, first) and (found := _shortest(elsewhere, last)):
            return found
    return None


def launching(repo: Repo, path: str, found: FoundKernel) -> tuple[str, str]:
    """The launcher, or the class or function that the kernel itself stands in."""
    return find_launcher(repo, path, found.name, found.unit) or (path, found.name.split(".")[0])


def launchers_of(repo: Repo) -> set[tuple[str, str]]:
    """Of all kernels of the repository."""
    found = set()
    for path in repo.python_files():
        module = repo.module(path) if may_hold_kernels(repo.files[path]) else None
        if isinstance(module, Module):
            found |= {launching(repo, path, kernel) for kernel in kernels_in(repo, module)}
    return found


def kernel_calling(module: Module, kernel: FoundKernel) -> str:
    """Of a function for devices, a kernel of its file that calls it; '' where none does."""
    called = re.compile(rf"(?<!def )\b{re.escape(kernel.name.rsplit('.', 1)[-1])}\(")
    units = [unit for unit in module.units if unit is not kernel.unit and called.search(unit.text)]
    return next((name for unit in units for name in unit.binds), "")


def _shortest(module: Module, name: str) -> tuple[str, str] | None:
    """A plain function before a class, a short one before a long one."""
    units = [unit for unit in module.subscripting(name) if unit.kind]
    found = [(unit.kind == "class", len(unit.text), name) for unit in units for name in unit.binds]
    return (module.path, min(found)[2]) if found else None
