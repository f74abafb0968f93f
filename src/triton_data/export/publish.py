"""Putting a finished file or folder in its place, without ever spoiling what somebody else put there.

In: what to write. Out: the whole new file or folder, or the old one untouched. It is written beside its place and
renamed. What stands there already is replaced when it is the same, when it is unchanged since triton-data wrote it
(`.triton-data.json` beside it knows), or with --force; else it is a Misuse.
Not covered: two exports into one folder at the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triton_data.errors import Misuse

MARKER = ".triton-data.json"


@contextmanager
def staged(place: Path, force: bool) -> Iterator[Path]:
    """A path to write a file at, or to make a folder of; it becomes `place` when the block ends well."""
    if place.is_symlink() and not force:
        raise Misuse(f"{place} is a link: name another place with --out, or replace it with --force")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
    except OSError as error:
        raise Misuse(f"cannot write {place}: {error.strerror}; name another place with --out") from error
    try:
        yield beside / place.name
        _settle(beside / place.name, place, force)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _settle(new: Path, place: Path, force: bool) -> None:
    made = digest(new)
    if place.exists() or place.is_symlink():
        found = digest(place)
        if found == made:
            _remember(place, made)
            return
        if not force and found != _remembered(place):
            raise Misuse(f"{place} exists and triton-data did not write it so: name another --out, or give --force")
        _remove(place)
    new.rename(place)
    _remember(place, made)


def digest(path: Path) -> str:
    """Of a file its bytes; of a folder the names and bytes of all files in it."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for each in sorted(path.rglob("*")):
        if each.is_file():
            whole.update(f"{each.relative_to(path).as_posix()}\0{digest(each)}\0".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()


def _read(marker: Path) -> dict[str, str]:
    try:
        values = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError):  # none yet, or not ours: then nothing is known of what stands here
        return {}
    return values if isinstance(values, dict) else {}


def _remembered(place: Path) -> str:
    return str(_read(place.parent / MARKER).get(place.name, ""))


def _remember(place: Path, made: str) -> None:
    marker = place.parent / MARKER
    values = {**_read(marker), place.name: made}
    temporary = marker.with_name(f"{MARKER}.{os.getpid()}")
    temporary.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", "utf-8")
    temporary.replace(marker)
