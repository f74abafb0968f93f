"""What people type for a source, and what discovery has to ask because of it.

In: texts such as `github:`, `github:owner/name`, `git:URL@sha`, `pypi:NAME==1.0`, `pypi-top:100`, `dir:PATH`, and the
settings of [scrape]. Out: what is on this machine, search slices and asks. Everything is checked here, before a run
directory exists.
Not covered: asking (discover.py).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse, closest
from triton_data.formats.repo_names import read_names
from triton_data.records import SearchSlice, digest
from triton_data.sources import pypi
from triton_data.sources.eligible import Policy
from triton_data.sources.fetching import git
from triton_data.sources.folder import Folder
from triton_data.sources.github import slices
from triton_data.sources.github.seeds import elsewhere, name_of, read_opted_out, read_seeds
from triton_data.sources.local import Local

METHODS = ("auto", "git", "archive")  # of fetching
LOCAL: dict[str, Callable[[str], Local]] = {"dir": Folder.parse}  # what follows the colon, read
KINDS = (*LOCAL, "given", "git", "github", "pypi", "pypi-top")
# Repositories that could hold Triton kernels or PyTorch modules; what the words miss, code search and seeds add.
QUERIES = (
    "topic:triton",
    "triton language:python",
    "topic:pytorch",
    "pytorch language:python",
    "topic:cuda language:python",
)
CODE_QUERIES = ("triton jit language:python", "import triton language language:python", "torch nn Module forward")


@dataclass(frozen=True)
class Ask:
    """Names that one question of discovery resolves together; of git, a URL and its revision."""

    kind: str  # github, git, pypi
    names: tuple[str, ...]
    typed: bool = True  # by the user, one by one; not out of a list

    @property
    def key(self) -> str:
        return digest("ask", self.kind, *self.names)


def split(text: str) -> tuple[str, str]:
    kind, colon, rest = text.partition(":")
    if not colon or kind not in KINDS:
        raise Misuse(f"unknown source {text!r}{_meant(text, kind)}")
    return kind, rest


def _meant(text: str, kind: str) -> str:
    if Path(text).expanduser().is_dir():
        return f": write dir:{text}"
    if "://" in text:
        return f": write {'git:' if elsewhere(text, '') else 'github:'}{text}"
    if re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        return f": write github:{text}, or dir:{text} for a folder"
    return f"{closest(kind, KINDS)}: write it as dir:PATH, github: or pypi:NAME"


def local(sources: tuple[str, ...]) -> list[Local]:
    return [LOCAL[kind](rest) for kind, rest in map(split, sources) if kind in LOCAL]


def asks_somebody(sources: tuple[str, ...]) -> bool:
    return not all(split(source)[0] in (*LOCAL, "given") for source in sources)


def without_gone(sources: tuple[str, ...]) -> tuple[str, ...]:
    """A run outlives its folders: what they held is in it."""
    return tuple(source for source in sources if not _gone(*split(source)))


def _gone(kind: str, path: str) -> bool:
    return kind in LOCAL and not Path(path).expanduser().exists()


def rooted(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as they are meant here and now: a run may go on from another folder."""
    return tuple(map(_rooted, sources))


def _rooted(source: str) -> str:
    kind, colon, path = source.partition(":")
    return f"{kind}:{Path(path).expanduser().absolute()}" if colon and path and kind in (*LOCAL, "given") else source


def asks(config: ScrapeConfig) -> Iterator[Ask]:
    for kind, rest in map(split, config.sources):
        if kind == "git":
            yield Ask("git", git.parse(rest))
        elif kind == "pypi":
            yield Ask("pypi", ("".join(pypi.parse(rest)),))
        elif kind == "pypi-top":
            yield from (Ask("pypi", (name,), typed=False) for name in _top(rest, config.names_file))
        elif kind == "github" and rest:
            yield Ask("github", (_one_repository(rest, config.base_url),))
    if _wants_github(config) and config.repos_file:
        seeds = read_seeds(config.repos_file, config.base_url)
        from triton_data.sources.github.lookup import BATCH  # checking a config must not wait for PyGithub

        for at in range(0, len(seeds), BATCH):
            yield Ask("github", tuple(seeds[at : at + BATCH]), typed=False)


def searches(config: ScrapeConfig, with_code: bool) -> list[SearchSlice]:
    """None where a list of repositories is given and no query: then that list is what is wanted."""
    queries = [query.strip() for query in config.query.split("|") if query.strip()]
    if not _wants_github(config) or (config.repos_file and not queries):
        return []
    since = f" pushed:>={config.since}" if config.since else ""
    forks = " fork:true" if config.forks else ""
    found = [slices.repositories(query + since + forks, config.min_stars) for query in queries or QUERIES]
    if with_code and not queries:  # code search knows neither stars nor dates
        found += [slices.code(query) for query in CODE_QUERIES]
    return found


def policy(config: ScrapeConfig) -> Policy:
    return Policy(config.min_stars, config.forks, config.licences, read_opted_out(config.opt_out))


def check(config: ScrapeConfig) -> None:
    """Refuse what could not work."""
    local(config.sources)
    list(asks(config))
    _check_git(config)
    policy(config)
    if config.fetch not in METHODS:
        raise Misuse(f"unknown fetch {config.fetch!r}{closest(config.fetch, METHODS)}")
    if config.since:
        try:
            date.fromisoformat(config.since)
        except ValueError:
            raise Misuse(f"--since {config.since!r} is not a date: write it as 2026-01-31") from None
    url = urlsplit(config.base_url)
    if url.scheme not in ("http", "https") or not url.netloc:
        raise Misuse(f"--base-url {config.base_url!r} is not a URL: for GHES write https://HOST/api/v3")
    for name, address in (("--base-url", config.base_url), ("index", config.index)):
        if "@" in urlsplit(address).netloc:
            raise Misuse(
                f"leave user and password out of {name}: it is kept in the run (a token goes into GITHUB_TOKEN)"
            )
    if config.min_stars < 0 or config.limit < 0:
        raise Misuse("--min-stars and --limit are 0 or more")
    for name in ("max_file_bytes", "max_repo_bytes", "max_files", "stall"):
        if getattr(config, name) <= 0:
            raise Misuse(f"[scrape] {name} = {getattr(config, name)} lets nothing through: make it more than 0")
    if (config.repos_file or config.query) and not _wants_github(config):
        raise Misuse("--repos-file and --query need the source github:")


def _check_git(config: ScrapeConfig) -> None:
    """A worker that finds no git could only put the repository off, for as long as there is none."""
    wanting = [source for source in config.sources if split(source)[0] == "git"]
    if (wanting or config.fetch == "git") and shutil.which("git") is None:
        instead = "" if wanting else ', or set fetch = "archive" under [scrape]'
        raise Misuse(f"git is not installed, and {(*wanting, 'fetch = git')[0]} needs it: install it{instead}")


def _wants_github(config: ScrapeConfig) -> bool:
    return "github:" in config.sources


def _one_repository(text: str, base_url: str) -> str:
    name = name_of(text)
    if name is None or re.search(r"[^\w./-]", name):
        raise Misuse(f"{text!r} is not a repository: write github:OWNER/NAME, or github: alone to search")
    if host := elsewhere(text, base_url):
        raise Misuse(f"{text!r} is on {host}, not on GitHub: write git:{text}")
    return name


def _top(count: str, names_file: str) -> list[str]:
    if not count.isdigit() or int(count) < 1:
        raise Misuse(f"pypi-top:{count} needs a number: write pypi-top:100 --names-file FILE")
    if not names_file:
        raise Misuse(f"pypi-top:{count} needs --names-file FILE, one package a line, most wanted first")
    names = read_names(names_file, "names file")
    return list(dict.fromkeys("".join(pypi.parse(name)) for name in names))[: int(count)]
