"""Locks of environments, by the key of what they make: how an environment gets to a machine that has not made it.

In: the text of a lock (pylock.toml), or a key. Out: the same folder as where the lock was made, of the same wheels, or
`NotInstalled`. Not covered: what is asked for (environments.py), a Python other than the one it was locked for.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import get_native_id

from triton_data.environments.install import LOCKFILE, Limits, NotInstalled, install
from triton_data.environments.lock import Unreachable, read_lock
from triton_data.errors import Misuse

FOLDER = "locks"


def lock_of(root: Path, key: str) -> str:
    """'' where it is not known here."""
    for path in (root / FOLDER / f"{key}.toml", root / key / LOCKFILE):
        if path.is_file():
            return path.read_text("utf-8")
    return ""


def has_lock(root: Path, key: str) -> bool:
    return (root / key).is_dir() or bool(lock_of(root, key))


def keep_lock(root: Path, key: str, text: str) -> None:
    path = root / FOLDER / f"{key}.toml"
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)  # as shelf_of(): the jail's tasks run as somebody else
    scratch = path.with_suffix(f".{os.getpid()}-{get_native_id()}")
    scratch.write_text(text, "utf-8")
    scratch.rename(path)


def make_again(root: Path, key: str, limits: Limits, index: str = "") -> None:
    """Once, where it is not there; nothing where nobody knows its lock."""
    if (root / key).is_dir() or not (text := lock_of(root, key)):
        return
    lock = read_lock(text)
    if lock.key != key:
        raise NotInstalled(f"environment {key[:12]} was locked for another Python or platform")
    try:
        install(lock, root, root / ".cache", limits, index)
    except (Unreachable, Misuse) as error:
        raise NotInstalled(f"environment {key[:12]}: {error}") from error
