"""Where a thing came from, and what makes it itself: the two things that every record has.

In: parts of text. Out: a digest of them. Not covered: the records (records.py, curation.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


def digest(*parts: str) -> str:
    """128 bits of SHA-256 over length-prefixed parts: ('ab', 'c') and ('a', 'bc') differ."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thing came from. Unknown is '' or None, never a guess."""

    source: str  # dir, git, github, pypi, generated, given
    repo: str = ""  # owner/name, package name, or folder name
    repo_id: int | None = None
    revision: str = ""  # commit sha (40 hex digits), name@version, or the digest of a folder
    path: str = ""  # inside the repo, with forward slashes
    line_start: int | None = None
    line_end: int | None = None
    licence: str = ""  # SPDX expression
    stars: int | None = None
    url: str = ""
    file_hash: str = ""  # sha256 of the file it stands in
    generator: str = ""
    seed: int | None = None
    time: str = ""  # when it was fetched or made, ISO 8601 in UTC
