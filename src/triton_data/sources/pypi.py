"""`pypi:NAME[==VERSION]` and `pypi-top:N`: packages from the index that pip is configured with.

In: a name. Out: the file to fetch (an sdist where there is one, else a wheel) with its sha256; then that file's wanted
members and what its metadata says: licence, project URL. PEP 503 pages are read as HTML or JSON, whatever comes.
Not covered: running anything of a package (its metadata is read, never built); credentials in index URLs.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from triton_data.environments.index import configured_indexes
from triton_data.errors import Misuse
from triton_data.records import Candidate, Origin
from triton_data.sources.fetching.licence import expression
from triton_data.sources.reasons import Reason, Refused, stamp

if TYPE_CHECKING:
    from triton_data.sources.fetching.download import Downloads

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(==\s*[\w.!+*-]+)?$")
CLASSIFIERS = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "The Unlicense (Unlicense)": "Unlicense",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only", "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "Zero-Clause BSD (0BSD)": "0BSD", "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    name: str
    url: str
    sha256: str
    version: Version
    sdist: bool
    yanked: bool = False


def parse(text: str) -> tuple[str, str]:
    found = NAME.match(text.strip())
    if found is None:
        raise Misuse(f"{text!r} is not a package: write pypi:NAME or pypi:NAME==VERSION")
    return found.group(1), (found.group(2) or "").replace(" ", "")


def indexes(configured: str = "") -> list[str]:
    """Where to look, in order: what the config names, else what pip is configured with."""
    return [_bare(url) for url in ([configured] if configured else configured_indexes())]


def _bare(url: str) -> str:
    """Without a user name and password: the address of a file enters the run."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")


def pin(downloads: Downloads, name: str, wanted: str, configured: str = "") -> Candidate:
    found: list[File] = []
    problems: list[Refused] = []
    for index in indexes(configured):
        try:
            found += _files(downloads, index, name)
        except Refused as refused:
            if refused.drop.reason != Reason.GONE:
                problems.append(refused)
    if not found:
        raise problems[0] if problems else Refused(Reason.GONE, f"no package {name}")
    best = _best(found, wanted)
    if best is None:
        raise Refused(Reason.NO_SUCH_VERSION, f"{name}{wanted}; there is {_listed(found)}")
    proper = canonicalize_name(name)
    origin = Origin("pypi", proper, revision=f"{proper}@{best.version}", url=best.url, time=stamp(time.time()))
    return Candidate(urlsplit(best.url).netloc or "file", best.url, best.sha256, "", origin)


def _files(downloads: Downloads, index: str, name: str) -> Iterator[File]:
    proper = canonicalize_name(name)
    body, kind, url = downloads.text(f"{index}/{proper}/", ACCEPT)
    for link, sha256, yanked in _from_json(body) if "json" in kind else _from_html(body):
        where = urljoin(url if url.endswith("/") else f"{url}/", link)
        plain, fragment = urldefrag(where)
        file = unquote(plain.rpartition("/")[2])
        sha256 = sha256 or dict(part.partition("=")[::2] for part in fragment.split("&")).get("sha256", "")
        for parser, sdist in ((parse_sdist_filename, True), (parse_wheel_filename, False)):
            try:
                found = parser(file)
            except (InvalidSdistFilename, InvalidWheelFilename, InvalidVersion):
                continue
            if canonicalize_name(found[0]) == proper:
                yield File(file, plain, sha256, found[1], sdist, yanked)


def _from_json(body: str) -> Iterator[tuple[str, str, bool]]:
    try:
        listed = json.loads(body)["files"]
        yield from [(f["url"], (f.get("hashes") or {}).get("sha256", ""), bool(f.get("yanked"))) for f in listed]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(Reason.UNREADABLE, f"the index's page: {type(error).__name__} {error}") from error


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.found.append((named["href"] or "", "", "data-yanked" in named))


def _from_html(body: str) -> list[tuple[str, str, bool]]:
    links = _Links()
    links.feed(body)
    return links.found


def _best(files: list[File], wanted: str) -> File | None:
    """The newest version that is asked for, not yanked unless named; in it an sdist, else the most general wheel."""
    try:
        allowed = SpecifierSet(wanted)
    except InvalidSpecifier as error:
        raise Refused(Reason.NO_SUCH_VERSION, str(error)) from error
    fit = [f for f in files if allowed.contains(f.version, prereleases=bool(wanted)) and (wanted or not f.yanked)]
    fit = fit or [f for f in files if not wanted]  # nothing but pre-releases
    if not fit:
        return None
    newest = max(file.version for file in fit)
    return max(
        (file for file in fit if file.version == newest),
        key=lambda f: (f.sdist, f.name.endswith("none-any.whl"), f.name.endswith(".tar.gz"), f.name),
    )


def _listed(files: list[File]) -> str:
    versions = sorted({file.version for file in files}, reverse=True)
    return ", ".join(str(version) for version in versions[:5])


@dataclass(frozen=True)
class Metadata:
    licence: str = ""
    project: str = ""  # URL of its repository or home page


def read_metadata(text: str) -> Metadata:
    """PKG-INFO or METADATA. Only what maps to one SPDX identifier counts as a licence."""
    message = HeaderParser().parsestr(text)
    licence = expression(message.get("License-Expression", "") or message.get("License", ""))
    for classifier in message.get_all("Classifier", []):
        words = classifier.split(" :: ")
        if not licence and words[0] == "License":
            licence = CLASSIFIERS.get(words[-1], "")
    urls = [line.partition(",")[2].strip() for line in message.get_all("Project-URL", [])]
    urls.append(message.get("Home-page", "").strip())
    code = [url for url in urls if re.match(r"https?://(www\.)?(github|gitlab|bitbucket|codeberg)\.", url)]
    return Metadata(licence, next((url for url in [*code, *urls] if url.startswith("http")), ""))
