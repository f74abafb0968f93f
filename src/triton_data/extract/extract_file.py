"""Extract one file of a repository: its kernels with their launchers, its modules as Programs, and the Drops.

In: a `Repo`, a path, the file's `Origin`, and the probe that runs foreign code (in the jail; never here).
Out: Kernels, Programs and Drops; whatever was found in the file is exactly one of them.
Not covered: choosing files, the store, the jail itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.closure.licence import licensed
from triton_data.extract.kernels.importable import importable
from triton_data.extract.kernels.launcher import find_launcher, kernel_calling, launching
from triton_data.extract.kernels.launcher_inputs import NO_LAUNCHER, LauncherInputs
from triton_data.extract.programs.programs import Programs
from triton_data.extract.reasons import needs
from triton_data.extract.source.find import FoundKernel, classes_in, kernels_in, may_hold_classes, may_hold_kernels
from triton_data.extract.source.gc_pause import no_collection
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Key, Repo
from triton_data.records import Drop, Kernel, Origin, Pair, Program

Found = Kernel | Program | Pair | Drop


def extract_file(
    repo: Repo, path: str, origin: Origin, programs: Programs, launchers: LauncherInputs | None = None
) -> Iterator[Found]:
    """`programs` and `launchers` carry what was learnt from other files; pass the same ones for a whole repository.
    Without `launchers` nothing is executed: kernels are not imported and get no inputs."""
    data = repo.files[path]
    classes = may_hold_classes(data)
    if not classes and not may_hold_kernels(data):
        return
    module = repo.module(path)
    if isinstance(module, Broken):
        yield Drop(module.reason, module.detail)
        return
    yield from extract_kernels(repo, path, origin, launchers)
    if classes and module.flaw is None:
        for klass in classes_in(repo, module):
            lines = replace(origin, line_start=klass.line_start, line_end=klass.line_end)
            yield programs.make(module, klass, lines)


def extract_kernels(repo: Repo, path: str, origin: Origin, launchers: LauncherInputs | None = None) -> Iterator[Found]:
    module = repo.module(path)
    if isinstance(module, Broken):
        yield Drop(module.reason, module.detail)
        return
    closings = closed_kernels(repo, module, origin) if may_hold_kernels(repo.files[path]) else []
    if module.flaw is not None:
        yield Drop(module.flaw.reason, module.flaw.detail)
        return
    if launchers is not None:
        alone = partial(close_kernel, repo, module, origin=origin, with_launcher=False)
        closings = importable(closings, launchers.probe, alone)
    for found, kernel in closings:
        if isinstance(kernel, Drop):
            yield kernel
        elif not kernel.launcher:
            caller = kernel_calling(module, found)
            yield replace(kernel, called_by=caller, missing="" if caller else NO_LAUNCHER)
        elif launchers is None:
            yield kernel
        else:
            yield from launchers.of(kernel, launching(repo, path, found))


def closed_kernels(repo: Repo, module: Module, origin: Origin) -> list[tuple[FoundKernel, Kernel | Drop]]:
    with no_collection():
        return [(found, close_kernel(repo, module, found, origin)) for found in kernels_in(repo, module)]


def close_kernel(
    repo: Repo, module: Module, found: FoundKernel, origin: Origin, with_launcher: bool = True
) -> Kernel | Drop:
    """The kernel with its launcher; without it where the launcher needs what is not there."""
    origin = replace(origin, line_start=found.line_start, line_end=found.line_end)
    root = (module.path, found.name.split(".")[0])
    closed: Closed | Drop
    launcher = find_launcher(repo, module.path, found.name, found.unit) if with_launcher else None
    if launcher is not None:
        closed = _with_launcher(repo, root, launcher)
        if isinstance(closed, Closed) and "triton" not in closed.needs:
            whole = licensed(repo, closed, origin)
            return Kernel(_in_text(found, closed, root), closed.text, whole, closed.names[launcher])
    closed = close(repo, [root], strict=True)
    if isinstance(closed, Drop):
        return replace(closed, part=found.name)
    if "triton" in closed.needs:
        return Drop(
            needs("triton"), "another Triton than the one here: it imports names that this one lacks", found.name
        )
    inside = root[1] if "." in found.name and f"{found.name.rsplit('.', 1)[1]}[" in closed.text else ""
    return Kernel(_in_text(found, closed, root), closed.text, licensed(repo, closed, origin), inside)


def _with_launcher(repo: Repo, root: Key, launcher: Key) -> Closed | Drop:
    """One closure for all kernels that a function launches; but each of them keeps its name."""
    key = (launcher, "with what it launches")
    closed = repo.once(key, lambda: close(repo, [launcher], strict=True))
    if isinstance(closed, Drop) or closed.homes.get(root) == root[1]:
        return closed
    return close(repo, [root, launcher], strict=True)


def _in_text(found: FoundKernel, closed: Closed, root: Key) -> str:
    return ".".join([closed.homes[root], *found.name.split(".")[1:]])
