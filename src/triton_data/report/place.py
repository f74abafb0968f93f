"""Where a report is written: a folder that takes the place of an older report when it is whole, and of nothing else.

In: a folder. Out: a new one beside it, which gets its name in the end. Not covered: what is in it (folder.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.store.beside import beside, put

MARK = "report.json"  # says that the folder is ours, so that it may be replaced


def check(out: Path, force: bool = False) -> None:
    ours = not out.is_symlink() and ((out / MARK).is_file() or _empty(out))
    if (out.exists() or out.is_symlink()) and not force and not ours:
        raise Misuse(f"{out} exists and is no report: name another --out, or replace it with --force")


@contextmanager
def replacing(out: Path, force: bool = False) -> Iterator[Path]:
    """A folder to write into, which becomes `out` when the block ends well."""
    check(out, force)
    with beside(out) as new:
        new.mkdir()
        yield new
        put(new, out)


def _empty(out: Path) -> bool:
    return out.is_dir() and not any(out.iterdir())
