"""Putting a finished file or folder in its place, without ever spoiling what somebody else put there.

In: what to write. Out: the whole new file or folder, or the old one untouched. It is written beside its place and
renamed. What stands there already is replaced when it is the same; when it is unchanged since triton-data wrote it from
the same thing and would not become less (`.triton-data.json` beside it knows); or with --force. Else it is a Misuse.
Not covered: two exports into one folder at the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.store.beside import beside, put

MARKER = ".triton-data.json"


@dataclass
class Staged:
    path: Path  # to write a file at, or to make a folder of
    entries: int = 0  # what it holds in the end, as its writer says


@dataclass(frozen=True)
class Written:
    """What is known of something that triton-data put in its place."""

    digest: str
    entries: int = 0
    made_of: str = ""  # the run, or the door; '' where an older version wrote it


@contextmanager
def staged(place: Path, force: bool, made_of: str) -> Iterator[Staged]:
    """What is written there becomes `place` when the block ends well."""
    if place.is_symlink() and not force:
        raise Misuse(f"{place} is a link: name another place with --out, or replace it with --force")
    with beside(place) as new:
        made = Staged(new)
        yield made
        _settle(made.path, place, force, Written(digest(made.path), made.entries, made_of))


def _settle(new: Path, place: Path, force: bool, made: Written) -> None:
    if place.exists() or place.is_symlink():
        found = digest(place)
        if found == made.digest:
            _remember(place, made)
            return
        if not force:
            _refuse_loss(place, found, _remembered(place), made)
    put(new, place)
    _remember(place, made)


def _refuse_loss(place: Path, found: str, known: Written, made: Written) -> None:
    instead = "name another --out, or replace it with --force"
    if found != known.digest:
        raise Misuse(f"{place} exists and triton-data did not write it so: {instead}")
    if known.made_of and known.made_of != made.made_of:
        raise Misuse(f"{place} was made of {known.made_of}, and this would be made of {made.made_of}: {instead}")
    if made.entries < known.entries:
        raise Misuse(f"{place} holds {known.entries} entries, and this would leave {made.entries}: {instead}")


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


def _read(marker: Path) -> dict[str, object]:
    try:
        values = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError):  # none yet, or not ours: then nothing is known of what stands here
        return {}
    return values if isinstance(values, dict) else {}


def _remembered(place: Path) -> Written:
    match _read(place.parent / MARKER).get(place.name):
        case {"digest": str(known), "entries": int(entries), "made_of": str(made_of)}:
            return Written(known, entries, made_of)
        case str(known):  # as versions before 0.2 wrote it
            return Written(known)
        case _:
            return Written("")


def _remember(place: Path, made: Written) -> None:
    marker = place.parent / MARKER
    values = {**_read(marker), place.name: asdict(made)}
    temporary = marker.with_name(f"{MARKER}.{os.getpid()}")
    temporary.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", "utf-8")
    temporary.replace(marker)
