"""GitHub's own answers, as PyGithub's tests recorded them, served again on loopback.

In: PyGithub's sdist, fetched from the package index by our own `pypi:` source into a cache folder, checked by its
sha256, never committed. Out: a server that gives the recorded answers to a path in the order of the recording.
"""

from __future__ import annotations

import ast
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from triton_data.sources import pypi
from triton_data.sources.fetching.download import Downloads
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.reasons import Refused

VERSION = "2.10.0"
LENGTH = ("content-length", "transfer-encoding", "content-encoding", "connection")
Record = tuple[str, str, int, list[tuple[str, str]], str]  # verb, URL, status, headers, body


def recorded() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "triton-data-tests"
    target = cache / f"pygithub-{VERSION}.tar.gz"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        downloads = Downloads(Waits(cache / "waits"))
        part = target.with_suffix(".part")
        try:
            found = pypi.pin(downloads, "PyGithub", f"=={VERSION}")
            downloads.file(found.address, part, found.checksum)
        except Refused as refused:
            pytest.skip(f"the package index does not give PyGithub's sdist: {refused}")
        part.replace(target)
    return target


def read(*names: str) -> list[Record]:
    records: list[Record] = []
    with tarfile.open(recorded()) as archive:
        for name in names:
            member = archive.extractfile(f"pygithub-{VERSION}/tests/ReplayData/{name}.txt")
            assert member is not None
            lines = iter(member.read().decode().split("\n"))
            while (proto := next(lines, "")) in ("http", "https"):
                verb, _host, _port, url = next(lines), next(lines), next(lines), next(lines)
                next(lines), next(lines)  # what was sent: headers and input
                status, headers = int(next(lines)), ast.literal_eval(next(lines))
                records.append((verb, url, status, list(dict(headers).items()), next(lines)))
                next(lines, None)
                assert proto
    return records


@contextmanager
def replaying(records: list[Record]) -> Iterator[tuple[str, list[str]]]:
    left, seen = list(records), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(self.path)
            path = urlsplit(self.path).path
            found = next((r for r in left if r[0] == self.command and urlsplit(r[1]).path == path), None)
            if found is None:
                self._send(404, [], json.dumps({"message": "Not Found"}).encode())
                return
            left.remove(found)
            _, _, status, headers, body = found
            here = [(k, v.replace("https://api.github.com", base)) for k, v in headers if k.lower() not in LENGTH]
            self._send(status, here, body.replace("https://api.github.com", base).encode())

        def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in ("status", "server", "date"):
                    self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield base, seen
    finally:
        server.shutdown()
        server.server_close()
