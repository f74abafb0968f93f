"""The scrape stage: each source becomes SourceFile records, its bytes blobs beside the run.

In: source specs such as `dir:PATH`. Out: one SourceFile a file, or a Drop a file (too large, unreadable).
A source whose revision was scraped before is done already; a new revision is a new item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from triton_data.blobs import Blobs
from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse, NotBuiltYet, closest
from triton_data.records import Drop, Origin, SourceFile, digest
from triton_data.sources import licence
from triton_data.sources.folder import Folder
from triton_data.store import Store

KINDS = ("dir", "git", "github", "pypi", "pypi-top")


@dataclass(frozen=True)
class Listed:
    """One pinned repo to bring in."""

    folder: Folder
    revision: str

    @property
    def key(self) -> str:
        return digest("dir", str(self.folder.root), self.revision)


def parse(spec: str) -> Folder:
    kind, colon, rest = spec.partition(":")
    if not colon or kind not in KINDS:
        raise Misuse(f"unknown source {spec!r}{closest(kind, KINDS)}: write it as dir:PATH")
    if kind != "dir":
        raise NotBuiltYet(f"the source {kind}:", "use dir:PATH on a folder you have")
    return Folder.parse(rest)


@dataclass
class ScrapeStage:
    config: ScrapeConfig
    run_dir: Path
    name: str = "scrape"

    def todo(self, store: Store) -> Iterator[Listed]:
        for spec in self.config.sources:
            folder = parse(spec)
            item = Listed(folder, folder.revision())
            if not store.has_outcome(self.name, item.key):
                yield item

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def held(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Listed) -> Iterator[SourceFile | Drop]:
        names = item.folder.paths()
        licences = _licences(item.folder, names)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for name in names:
            yield self._file(item, name, licences, now)

    def _file(self, item: Listed, name: str, licences: dict[str, str], now: str) -> SourceFile | Drop:
        path = item.folder.root / name
        try:
            if path.stat().st_size > self.config.max_file_bytes:
                return Drop("too_large", f"over {self.config.max_file_bytes} bytes", part=name)
            data = path.read_bytes()
        except (PermissionError, FileNotFoundError) as error:
            return Drop("unreadable", error.strerror or "", part=name)
        origin = Origin(
            source="dir",
            repo=item.folder.name,
            revision=item.revision,
            path=name,
            licence=licence.of_file(name, data[:4000].decode("utf-8", "replace"), licences),
            file_hash=hashlib.sha256(data).hexdigest(),
            time=now,
        )
        return SourceFile(Blobs(self.run_dir / "blobs").put(data), len(data), origin)


def _licences(folder: Folder, names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in filter(licence.is_licence_file, names):
        where = PurePosixPath(name).parent.as_posix()
        stated = licence.from_licence_text((folder.root / name).read_text("utf-8", "replace"))
        found.setdefault("" if where == "." else where, stated)
    return found
