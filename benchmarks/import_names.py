"""Is each row of the table of import names true of the index? Prints the rows that are not.

    python benchmarks/import_names.py

Of each distribution the newest wheel's table of contents is read, a few kilobytes by range requests; nothing is
installed.
"""

from __future__ import annotations

import io
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from triton_data.environments.distributions import RENAMED, SAME_NAME, distribution_of
from triton_data.environments.lock import Unresolved, resolve


class Remote(io.RawIOBase):
    """A file on a server, read where zipfile looks."""

    def __init__(self, url: str) -> None:
        self.url, self.at = url, 0
        self.session = requests.Session()
        self.size = int(self.session.head(url, allow_redirects=True, timeout=60).headers["Content-Length"])

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = (0, self.at, self.size)[whence] + offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self.at + size)
        if self.at >= end:
            return b""
        reply = self.session.get(self.url, headers={"Range": f"bytes={self.at}-{end - 1}"}, timeout=60)
        self.at += len(reply.content)
        return reply.content


def tops(distribution: str, cache: Path) -> set[str]:
    text = resolve([distribution], cache).text
    for package in tomllib.loads(text).get("packages", []):
        if package["name"] == distribution:
            url = package["wheels"][0]["url"]
            place = unquote(urlsplit(url).path) if url.startswith("file:") else Remote(url)
            with zipfile.ZipFile(place) as wheel:
                return set(_modules(wheel.namelist()))
    return set()


def _modules(names: list[str]) -> Iterator[str]:
    for name in names:
        first, slash, _ = name.partition("/")
        yield first if slash else first.partition(".")[0]


def wrong(module: str, cache: Path) -> str:
    name = distribution_of(module)
    try:
        found = tops(name, cache)
    except Unresolved as error:
        return f"{module}: {name}: {error}"
    except (requests.RequestException, KeyError, zipfile.BadZipFile) as error:
        return f"{module}: {name}: not read, {type(error).__name__}"
    if not found:
        return f"{module}: {name} is here already, so the index was not asked"
    return "" if module in found else f"{module}: {name} has {', '.join(sorted(found))[:100]}"


def main() -> None:
    modules = [module for module in (*RENAMED, *SAME_NAME) if "." not in module]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda module: wrong(module, Path(folder) / "cache"), modules))
    for answer in filter(None, answers):
        print(answer)
    print(f"{answers.count('')} of {len(modules)} rows are as the index has them")


if __name__ == "__main__":
    main()
