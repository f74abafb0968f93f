"""Members of a tar or zip, one after the other, never written to the paths that they name.

In: an archive file. Out: (path, bytes) of the wanted regular files, and a Drop for each wanted one that is unsafe.
Refused whole: what cannot be read to its end, has too many members, or unpacks to far more than it is.
Not covered: archives inside archives.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from triton_data.records import Drop
from triton_data.sources.fetching.wanted_paths import odd
from triton_data.sources.reasons import Reason, Refused

Member = tuple[str, bytes]
CHUNK = 1 << 16
LARGEST_READ = 1 << 20
LARGEST_ENTRY = 300  # bytes of a zip's directory for one file, on average; paths of wheels take half of that
BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
          ValueError, RuntimeError, struct.error)  # fmt: skip


@dataclass(frozen=True)
class Caps:
    file_bytes: int = 1_000_000
    unpacked_bytes: int = 2_000_000_000
    files: int = 200_000


def members(path: Path, wanted: Callable[[str], bool], caps: Caps, top_folder: bool) -> Iterator[Member | Drop]:
    """`top_folder`: every name begins with one folder that is not part of the path."""
    reader = _zip if zipfile.is_zipfile(path) else _tar
    try:
        yield from reader(path, wanted, caps, top_folder)
    except BROKEN as error:
        raise Refused(Reason.CORRUPT, f"{type(error).__name__}: {error}"[:200]) from error


def tar_commit(path: Path) -> str:
    """The commit that `git archive` notes in the tar's global header; '' where there is none."""
    try:
        with _opened(path) as archive:
            return archive.pax_headers.get("comment", "")
    except BROKEN as error:
        raise Refused(Reason.CORRUPT, f"{type(error).__name__}: {error}"[:200]) from error


def _tar(path: Path, wanted: Callable[[str], bool], caps: Caps, top_folder: bool) -> Iterator[Member | Drop]:
    number = unpacked = 0
    with _opened(path) as archive:
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # tarfile remembers every member it has seen
            number, unpacked = number + 1, unpacked + max(member.size, 0)
            _count(number, unpacked, caps)
            name = _inside(member.name, top_folder)
            if member.isdir() or not name or not wanted(name):
                continue
            if member.issym() or member.islnk():
                yield Drop(Reason.LINK, ascii(member.linkname)[:200], ascii(name)[1:-1])
            elif not member.isreg():
                yield Drop(Reason.UNREADABLE, "not a regular file", ascii(name)[1:-1])
            elif drop := _refused(name, member.size, caps):
                yield drop
            else:
                data = archive.extractfile(member)
                yield name, b"".join(iter(partial(data.read, CHUNK), b"")) if data else b""


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """A tar, gzipped or not: nothing else is ever asked for."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        with gzip.open(raw) if packed else raw as plain, tarfile.open(fileobj=_Sips(plain), mode="r:") as archive:
            yield archive


class _Sips(io.BufferedIOBase):
    """Headers of a tar state their own size, and tarfile reads them whole: gigabytes of zeros pack into megabytes."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self.file = file

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= LARGEST_READ:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return self.file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()


def _zip(path: Path, wanted: Callable[[str], bool], caps: Caps, top_folder: bool) -> Iterator[Member | Drop]:
    if _directory_size(path) > caps.files * LARGEST_ENTRY:  # zipfile reads all of it before it says how many there are
        raise Refused(Reason.TOO_MANY_FILES, f"over {caps.files} files")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _count(len(entries), sum(entry.file_size for entry in entries), caps)
        for entry in entries:
            name = _inside(entry.filename, top_folder)
            if entry.is_dir() or not name or not wanted(name):
                continue
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                yield Drop(Reason.LINK, "", ascii(name)[1:-1])
            elif drop := _refused(name, entry.file_size, caps):
                yield drop
            else:
                with archive.open(entry) as data:  # never more than the header says, whatever it holds
                    yield name, data.read(entry.file_size + 1)


def _directory_size(path: Path) -> int:
    """As the last record of the file says; one too large for that record is a zip64's, of four gigabytes and more."""
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(end - 65_557, 0))  # the record and the longest comment behind it
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    return int(struct.unpack_from("<I", tail, at + 12)[0]) if at >= 0 else 0


def _count(number: int, unpacked: int, caps: Caps) -> None:
    if number > caps.files:
        raise Refused(Reason.TOO_MANY_FILES, f"over {caps.files} files")
    if unpacked > caps.unpacked_bytes:
        raise Refused(Reason.BOMB, f"unpacks to over {caps.unpacked_bytes} bytes")


def _refused(name: str, size: int, caps: Caps) -> Drop | None:
    if (reason := odd(name)) is not None:
        return Drop(reason, "", ascii(name)[1:-1])
    return Drop(Reason.TOO_LARGE, f"{size} bytes", name) if size > caps.file_bytes else None


def _inside(name: str, top_folder: bool) -> str:
    """Without the top folder, and a//./b as a/b; a name that leaves it stays as it is, to be refused by name."""
    if name.startswith(("/", "..")):
        return name
    parts = PurePosixPath(name).parts[int(top_folder) :]
    return "/".join(parts)
