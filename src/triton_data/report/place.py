"""Where a report is written: a folder that takes the place of an older report when it is whole, and of nothing else.

In: a folder. Out: a new one beside it, which gets its name in the end. Not covered: what is in it (folder.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from triton_data.errors import Misuse

MARK = "report.json"  # says that the folder is ours, so that it may be replaced


def check(out: Path, force: bool = False) -> None:
    ours = not out.is_symlink() and ((out / MARK).is_file() or _empty(out))
    if (out.exists() or out.is_symlink()) and not force and not ours:
        raise Misuse(f"{out} exists and is no report: name another --out, or replace it with --force")


@contextmanager
def beside(out: Path, force: bool = False) -> Iterator[Path]:
    check(out, force)
    new = out.parent / f".{out.name}-{uuid4().hex[:8]}"
    try:
        new.mkdir(parents=True)
    except OSError as error:
        raise Misuse(f"cannot write {out}: {error.strerror}; name another place with --out") from error
    try:
        yield new
        _remove(out)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _empty(out: Path) -> bool:
    return out.is_dir() and not any(out.iterdir())


def _remove(out: Path) -> None:
    if out.is_symlink() or out.is_file():
        out.unlink()
    elif out.exists():
        shutil.rmtree(out)
