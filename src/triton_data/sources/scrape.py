"""The scrape stage: each pinned repository, package or folder becomes SourceFile records, its bytes blobs of the run.

In: Candidates that discovery made, and what is on this machine. Out: one SourceFile a wanted file, a Drop a file that
cannot be used, or one Drop for the whole. Files are yielded only once all of them are read: half a repository is none.
An item is a pin: a candidate scraped before is done, a new commit is a new candidate.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from triton_data.config import ScrapeConfig
from triton_data.records import Candidate, Drop, Origin, SourceFile, digest
from triton_data.sources import spec
from triton_data.sources.fetching import licence
from triton_data.sources.fetching.store_blob import Kept, keep
from triton_data.sources.local import Local
from triton_data.sources.reasons import NotNow, stamp
from triton_data.store import Store
from triton_data.store.blobs import Blobs

if TYPE_CHECKING:
    from triton_data.sources.fetching.fetch import Fetcher


@dataclass(frozen=True)
class Listed:
    """A folder, or whatever else of this machine is a source, as it is now."""

    source: Local
    revision: str

    @property
    def key(self) -> str:
        return digest(self.source.kind, self.source.place, self.revision)


Item: TypeAlias = Candidate | Listed


@dataclass
class ScrapeStage:
    config: ScrapeConfig
    run_dir: Path
    name: str = "scrape"
    _made: Fetcher | None = field(default=None, repr=False)  # by each worker, for its connections

    def todo(self, store: Store) -> Iterator[Item]:
        for source in spec.local(self.config.sources):
            item = Listed(source, source.revision())
            if not store.has_outcome(self.name, item.key):
                yield item
        left = self._left(store)
        for number, candidate in enumerate(store.unfinished(Candidate, self.name)):
            if number >= left:
                return
            yield candidate

    def count(self, store: Store) -> int:
        there = spec.without_gone(self.config.sources)
        listed = (Listed(source, source.revision()) for source in spec.local(there))
        return self._left(store) + sum(not store.has_outcome(self.name, item.key) for item in listed)

    def _left(self, store: Store) -> int:
        """Candidates still to do; a limit counts those done as well."""
        left, limit = store.count_unfinished(Candidate, self.name), self.config.limit
        return min(left, max(limit - (store.count(Candidate) - left), 0)) if limit else left

    def resources(self) -> AbstractContextManager[object]:
        shutil.rmtree(self.run_dir / "scratch", ignore_errors=True)  # what a killed run left
        return nullcontext()

    def work(self, item: Item) -> Iterator[SourceFile | Drop]:
        try:
            if isinstance(item, Listed):
                origin = Origin(item.source.kind, item.source.name, revision=item.revision)
                results = keep(self._blobs, item.source.members(self.config.max_file_bytes))
            else:
                origin, results = self._fetcher().fetch(item)
        except NotNow as ended:
            yield ended.drop
            return
        files = [result for result in results if isinstance(result, Kept)]
        stated = licence.of_folders((file.path, file.states) for file in files)
        origin = replace(origin, time=stamp(time.time()))
        for result in results:
            yield result if isinstance(result, Drop) else self._record(origin, result, stated)

    def _record(self, origin: Origin, file: Kept, stated: Mapping[str, str]) -> SourceFile:
        found = file.licence or licence.nearest(file.path, stated) or origin.licence
        here = replace(origin, path=file.path, licence=found, file_hash=file.blob)
        return SourceFile(file.blob, file.size, here, file.flags)

    @property
    def _blobs(self) -> Blobs:
        return Blobs(self.run_dir / "blobs")

    def _fetcher(self) -> Fetcher:
        if self._made is None:
            from triton_data.sources.fetching.fetch import Fetcher  # and with it, requests

            self._made = Fetcher(self.config, self.run_dir)
        return self._made
