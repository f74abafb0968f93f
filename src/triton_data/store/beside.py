"""A file or folder that is written beside its place and takes it when it is whole.

In: a place. Out: a path to write at. Whether what stands there may go is for the caller to say (export/publish.py,
report/place.py). Not covered: two writers of one place at the same time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triton_data.errors import Misuse


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Nothing is there yet, and what is left there in the end is gone: `put` gives it its place."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
    except OSError as error:
        raise Misuse(f"cannot write {place}: {error.strerror}; name another place with --out") from error
    try:
        yield folder / place.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(new: Path, place: Path) -> None:
    """Instead of whatever stands there."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    elif place.exists() or place.is_symlink():
        place.unlink()
    new.rename(place)
