"""Started as root: let the unprivileged uid see the interpreter, and nothing more of root's directories.

In: paths that jailed tasks read. Out: a mount namespace of the zygote's own in which the uid that it drops to
can reach them, or a `Misuse` that says which path is closed. Where an interpreter lies under /root (mode
0700), /root is covered with an empty file system that holds only the interpreter, read-only. Not covered:
files that are closed themselves; they stay so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.jail import kernel
from triton_data.jail.inside import namespaces

READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE, NOSUID = 1, 32, 4096, 16384, 1 << 18, 2
OTHERS_MAY_ENTER = 0o001


def open_to_nobody(read: Iterable[str], write: str, optional: Iterable[str] = ()) -> None:
    """Only as root; `write` is the directory that scratches are made in; what is `optional` may stay closed."""
    needed = [path for path in [*read, write] if Path(path).exists()]
    wanted = [*needed, *(path for path in optional if Path(path).exists())]
    closed = [path for path in wanted if not _reachable(path, path != write)]
    if closed:
        try:
            _cover(closed, write)
        except OSError as error:
            if missing := [path for path in closed if path in needed]:
                raise Misuse(_advice(missing[0], str(error))) from error
    for path in needed:
        if not _reachable(path, path != write):
            raise Misuse(_advice(path, "its own mode closes it"))


def _advice(path: str, why: str) -> str:
    return (
        f"the jail drops root to uid {namespaces.NOBODY}, which cannot read {path} ({why}): "
        f"run as an ordinary user, or move the interpreter and its packages to a place that all may read"
    )


def _reachable(path: str, listed: bool) -> bool:
    """Asked of the kernel as that uid, in a child: mode bits alone would miss ACLs and capabilities."""
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.drop_root()
            wanted = (os.R_OK if listed else 0) | (os.X_OK if Path(path).is_dir() else 0)
            os._exit(0 if os.access(path, wanted) else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _cover(closed: list[str], write: str) -> None:
    kernel.unshare(namespaces.NEWNS)
    kernel.mount("none", "/", "none", RECURSIVE | PRIVATE)  # nothing here shows outside
    held = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in closed}
    for cover in sorted({str(_first_closed(path)) for path in closed}):
        kernel.mount("tmpfs", cover, "tmpfs", NOSUID, "size=1m,mode=0755")
    for path, fd in sorted(held.items()):
        target = Path(path)
        if os.fstat(fd).st_mode & 0o040000:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        kernel.mount(f"/proc/self/fd/{fd}", path, "none", BIND | RECURSIVE)
        if path != write:
            kernel.mount("none", path, "none", REMOUNT | BIND | READ_ONLY | NOSUID)
        os.close(fd)


def _first_closed(path: str) -> Path:
    """The topmost directory above `path` that others may not enter."""
    for parent in reversed(Path(path).parents):
        if not parent.stat().st_mode & OTHERS_MAY_ENTER:
            return parent
    return Path(path).parent
