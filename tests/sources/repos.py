"""Repositories that do not exist, and what GitHub would say of them: archives, bare repositories, JSON.

In: a name and files. Out: the bytes and objects that hub.py serves. Not covered: the server.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE_CAP = 1000


@dataclass
class FakeRepo:
    id: int
    name: str
    stars: int
    files: dict[str, bytes] = field(default_factory=dict)
    created: str = "2020-01-01"
    fork: bool = False
    licence: str | None = "MIT"
    gone: bool = False
    blocked: bool = False
    empty: bool = False
    now_stars: int | None = None  # where the search index lags behind
    now_name: str = ""  # renamed since it was indexed
    archive: bytes | None = None  # served instead of a good one
    commit: str = ""  # of the bare repository, or made up

    @property
    def sha(self) -> str:
        return self.commit or hashlib.sha1(repr((self.id, sorted(self.files.items()))).encode()).hexdigest()

    def tarball(self) -> bytes:
        if self.archive is not None:
            return self.archive
        return make_tar({f"{self.name.split('/')[1]}-{self.sha}/{p}": d for p, d in self.files.items()}, self.sha)


def make_tar(files: dict[str, bytes], commit: str = "") -> bytes:
    out = io.BytesIO()
    headers = {"comment": commit} if commit else {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def make_bare(root: Path, repo: FakeRepo) -> None:
    """A real repository with one commit, by fast-import; its commit becomes the FakeRepo's."""
    bare = root / f"{repo.id}.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--template=", "-b", "main", str(bare)], check=True)
    with (bare / "config").open("a") as config:
        config.write("[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[http]\n\treceivepack = false\n")
    lines = [b"commit refs/heads/main\ncommitter T <t@example.org> 1700000000 +0000\ndata 1\nx\n"]
    for path, data in repo.files.items():
        raw = path.encode("utf-8", "surrogateescape")
        quoted = b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
        mode, data = (b"120000", data[5:]) if data.startswith(b"LINK ") else (b"100644", data)
        lines.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(data), data))
    subprocess.run(["git", "-C", str(bare), "fast-import", "--quiet"], input=b"".join(lines), check=True)
    shown = subprocess.run(["git", "-C", str(bare), "rev-parse", "main"], capture_output=True, text=True, check=True)
    repo.commit = shown.stdout.strip()


def as_rest(repo: FakeRepo, base: str, now: bool = False) -> dict[str, Any]:
    name = (repo.now_name if now else "") or repo.name
    stars = repo.now_stars if now and repo.now_stars is not None else repo.stars
    return {
        "id": repo.id, "node_id": f"R_{repo.id}", "full_name": name, "stargazers_count": stars, "fork": repo.fork,
        "disabled": False, "size": 0 if repo.empty else 10, "pushed_at": None if repo.empty else "2026-01-01T00:00:00Z",
        "license": {"spdx_id": repo.licence} if repo.licence else None, "html_url": f"{base}/{name}",
        "clone_url": f"{base}/{name}.git", "created_at": f"{repo.created}T00:00:00Z", "padding": "x" * 3000,
    }  # fmt: skip


def as_graphql(repo: FakeRepo | None, base: str) -> dict[str, Any] | None:
    if repo is None or repo.gone or repo.blocked:
        return None
    name = repo.now_name or repo.name
    return {
        "id": f"R_{repo.id}", "databaseId": repo.id, "nameWithOwner": name, "isFork": repo.fork, "isDisabled": False,
        "stargazerCount": repo.stars if repo.now_stars is None else repo.now_stars, "isEmpty": repo.empty,
        "pushedAt": "2026-01-01T00:00:00Z", "url": f"{base}/{name}",
        "licenseInfo": {"spdxId": repo.licence} if repo.licence else None,
        "defaultBranchRef": None if repo.empty else {"target": {"oid": repo.sha}},
    }  # fmt: skip


def page_of(found: list[FakeRepo], query: dict[str, list[str]]) -> list[FakeRepo]:
    size, number = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
    return found[:PAGE_CAP][(number - 1) * size : number * size]


def fits(repo: FakeRepo, text: str) -> bool:
    if repo.fork and "fork:true" not in text:
        return False
    for low, high in re.findall(r"stars:(\d+)\.\.(\d+)", text):
        if not int(low) <= repo.stars <= int(high):
            return False
    for low in re.findall(r"stars:>=(\d+)", text):
        if repo.stars < int(low):
            return False
    return all(low <= repo.created <= high for low, high in re.findall(r"created:([\d-]+)\.\.([\d-]+)", text))
