"""The wanted files of one pinned candidate, whatever kind of host has them.

In: a Candidate. Out: its origin with the revision filled in, and every wanted (path, bytes) or Drop, complete.
Repositories come by git, only the blobs that are wanted; where git fails in a way that is not the repository's, as the
archive of the same commit. Packages come as their sdist or wheel. Not covered: what becomes of the files (scrape.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

from triton_data.config import ScrapeConfig
from triton_data.records import Candidate, Drop, Origin
from triton_data.sources import pypi
from triton_data.sources.fetching import archive, git
from triton_data.sources.fetching.archive import Caps, Member
from triton_data.sources.fetching.download import Downloads, Line
from triton_data.sources.fetching.git import Git
from triton_data.sources.fetching.store_blob import Kept, keep
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.fetching.wanted_paths import wanted
from triton_data.sources.reasons import Deferred, NotNow, Reason, Refused
from triton_data.store.blobs import Blobs

OTHER_WAY = {Reason.UNREACHABLE, Reason.CORRUPT, Reason.REDIRECTED, Reason.NO_SUCH_REVISION}  # worth the archive

Fetched = tuple[Origin, list[Kept | Drop]]


class Fetcher:
    def __init__(self, config: ScrapeConfig, run_dir: Path) -> None:
        self.config = config
        self.scratch = run_dir / "scratch"
        self.blobs = Blobs(run_dir / "blobs")
        self.waits = Waits(run_dir / "waits", config.patience)
        self.downloads = Downloads(self.waits, _line(config))
        self.git = Git(config.max_repo_bytes, max(ceil(config.stall), 1))  # 0 would be no limit
        self.caps = Caps(config.max_file_bytes, config.max_repo_bytes * 4, config.max_files)

    def fetch(self, item: Candidate) -> Fetched:
        if item.origin.source == "pypi":
            return self._package(item)
        by_archive = item.origin.source == "github"
        if self.config.fetch == "archive" and by_archive:
            return self._archive(item)
        try:
            return self._git(item)
        except Refused as refused:
            if not by_archive or self.config.fetch == "git" or refused.drop.reason not in OTHER_WAY:
                raise
            try:
                return self._archive(item)
            except NotNow as second:
                raise second from refused

    def _git(self, item: Candidate) -> Fetched:
        host = urlsplit(item.address).netloc
        if item.origin.source == "github" and urlsplit(item.address).scheme not in ("http", "https"):
            raise Refused(Reason.REDIRECTED, "the API names no web address to clone from")
        self.waits.keep(host)
        try:
            commit = item.origin.revision or self.git.head(item.address)
            members = git.fetch(self.git, item.address, commit, wanted, self.caps, self.scratch)
            return replace(item.origin, revision=commit), keep(self.blobs, members)
        except Deferred:
            self.waits.refused(host)
            raise

    def _archive(self, item: Candidate) -> Fetched:
        """From the web host, which sends us on to its archive host: this costs no API request."""
        revision = item.origin.revision
        with self._file() as path:
            self.downloads.file(f"{item.origin.url}/archive/{revision or 'HEAD'}.tar.gz", path)
            noted = archive.tar_commit(path)
            if not git.SHA.match(noted) or (revision and noted != revision):
                raise Refused(Reason.CHECKSUM, f"the archive is of {noted or 'no commit'}, not of {revision or 'one'}")
            files = keep(self.blobs, archive.members(path, wanted, self.caps, top_folder=True))
        return replace(item.origin, revision=noted), files

    def _package(self, item: Candidate) -> Fetched:
        name = urlsplit(item.address).path
        wheel = name.endswith(".whl")
        about: list[pypi.Metadata] = []
        with self._file() as path:
            self.downloads.file(item.address, path, item.checksum)
            found = archive.members(path, _wanted_of_package, self.caps, top_folder=not wheel)
            files = keep(self.blobs, _with_metadata(found, deepest=int(wheel), about=about))
        stated = about[0] if about else pypi.Metadata()
        return replace(item.origin, licence=stated.licence, url=stated.project or item.address), files

    def _file(self) -> _Scratch:
        return _Scratch(self.scratch)


class _Scratch:
    """A path for one download, removed whatever happens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.TemporaryDirectory(dir=self.folder, prefix="file-")
        return Path(self._scratch.name) / "file"

    def __exit__(self, *exc: object) -> None:
        self._scratch.cleanup()


def _line(config: ScrapeConfig) -> Line:
    """All of a download's patience hangs on one setting: how long a host may be silent."""
    return Line(config.max_repo_bytes, config.stall, deadline=30 * config.stall, pause=config.stall / 30)


def _with_metadata(
    members: Iterator[Member | Drop], deepest: int, about: list[pypi.Metadata]
) -> Iterator[Member | Drop]:
    """The files, and in `about` what the package says of itself; copies of that deeper down are no files either."""
    for member in members:
        if isinstance(member, Drop) or not _is_metadata(member[0]):
            yield member
        elif member[0].count("/") <= deepest:
            about.append(pypi.read_metadata(member[1].decode("utf-8", "replace")))
            yield member  # it says what the package requires


def _is_metadata(name: str) -> bool:
    return name == "PKG-INFO" or name.endswith(".dist-info/METADATA")


def _wanted_of_package(name: str) -> bool:
    return wanted(name) or _is_metadata(name)
