"""A wanted file as soon as it is read: its bytes become a blob of the run, and what is said of them stays in memory.

In: (path, bytes). Out: `Kept`, a few hundred bytes whatever the size of the file, so that a repository of 100,000
files costs a worker no more than one of ten large ones. The blobs of a repository that is refused later on lie there
unnamed, as those of a killed run do. Not covered: which files are wanted, and records (scrape.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triton_data.records import Drop
from triton_data.sources.fetching import licence
from triton_data.sources.fetching.archive import Member
from triton_data.sources.fetching.flags import flags_of
from triton_data.store.blobs import Blobs


@dataclass(frozen=True, slots=True)
class Kept:
    path: str
    blob: str  # its SHA-256 too
    size: int
    licence: str  # by its own header
    states: str  # licence that holds for the files beside and below: of licence files
    flags: tuple[str, ...]


def keep(blobs: Blobs, members: Iterable[Member | Drop]) -> list[Kept | Drop]:
    """A path that comes twice is the file that came last, as it is for whoever unpacks the archive."""
    files: dict[str, Kept] = {}
    drops: list[Drop] = []
    for member in members:
        if isinstance(member, Drop):
            drops.append(member)
        else:
            files[member[0]] = _kept(blobs, *member)
    return [*files.values(), *drops]


def _kept(blobs: Blobs, path: str, data: bytes) -> Kept:
    own = licence.from_header(data.decode("utf-8", "replace"))
    is_licence = licence.is_licence_file(path)
    states = licence.from_licence_text(data.decode("utf-8", "replace")) if is_licence else ""
    return Kept(path, blobs.put(data), len(data), own, states, flags_of(path, data))
