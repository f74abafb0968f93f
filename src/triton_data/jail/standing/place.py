"""Where the server of this user listens, and whether it has loaded the code that is there now.

In: the environment. Out: a folder that only this user can enter, and a fingerprint of our sources and of what is
installed beside them.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from triton_data.jail import paths

VARIABLE = "TRITON_DATA_WARM"  # a folder; or `off`
OFF = "off"
OTHERS = 0o077


def folder() -> Path | None:
    """None where nobody is to be asked."""
    given = os.environ.get(VARIABLE, "")
    if given:
        return None if given == OFF else Path(given).absolute()
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "triton-data-warm"
    return Path(tempfile.gettempdir()) / f"triton-data-warm-{os.geteuid()}"


def ours(path: Path) -> bool:
    """A folder, no link, ours, and closed to everybody else: the name is one that others could take first."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & OTHERS


def door(path: Path) -> str:
    return str(path / "door")


def beside() -> list[str]:
    """Where this interpreter finds the libraries; the server's own, which reads no PYTHONPATH, may find none."""
    return paths.import_roots(("torch", "triton", "numpy"))[1:]


def fingerprint(libraries: Iterable[str] | None = None) -> str:
    """A jail that was loaded before an edit, or an installation, would run what is no longer there."""
    package = Path(paths.PACKAGE_ROOT) / "triton_data"
    files = sorted(f"{file} {_state(file)}" for file in package.rglob("*.py"))
    folders = [f"{root} {_state(Path(root))}" for root in (beside() if libraries is None else libraries)]
    return hashlib.sha256("\n".join([*files, *folders]).encode()).hexdigest()


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "gone"
    return f"{found.st_mtime_ns}" if stat.S_ISDIR(found.st_mode) else f"{found.st_mtime_ns} {found.st_size}"
