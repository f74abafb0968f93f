"""A small GitHub on loopback: the API of answers.py, archives, git over HTTP, budgets, and faults.

In: repositories and a list of faults. Out: a server that logs every request with its headers. Stateful enough to be
wrong in the ways GitHub is: names change, stars drop, budgets run out, bodies break. Not covered: everything else.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sources import answers
from tests.sources.backend import backend
from tests.sources.repos import FakeRepo, make_bare, make_tar

__all__ = ["FakeRepo", "Fault", "Handler", "Hub", "make_bare", "make_tar", "serving"]


@dataclass
class Fault:
    """What happens to the next `times` requests whose line matches; `act` answers, and returns False to go on."""

    match: str
    act: Callable[[Handler], bool]
    times: int = 1


@dataclass
class Seen:
    line: str
    headers: dict[str, str]
    sent: int = 0


class Hub:
    def __init__(self, repos: list[FakeRepo], root: Path | None = None, token: str = "good-token") -> None:
        self.repos, self.root, self.token = repos, root, token
        self.faults: list[Fault] = []
        self.log: list[Seen] = []
        self.lock = threading.Lock()
        self.remaining: dict[str, int] = {}
        self.reset_in = 2.0
        self.archive_base = ""  # another host that archives are redirected to
        self.sent = 0
        self.distance = 0.0  # seconds that each answer takes on its way

    def asked(self, pattern: str) -> list[Seen]:
        return [seen for seen in self.log if re.search(pattern, seen.line)]

    def api_requests(self) -> int:
        return len(self.asked(r" /(search|graphql|repos|repositories|rate_limit)"))

    def take_fault(self, line: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.match, line):
                    fault.times -= 1
                    return fault
        return None

    def find(self, name: str) -> FakeRepo | None:
        low = name.lower()
        return next((r for r in self.repos if low in (r.name.lower(), r.now_name.lower()) and not r.gone), None)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: HubServer

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            self.body = self._chunked()
        else:
            self.body = self.rfile.read(length)
        self.seen = Seen(f"{self.command} {self.path}", {k.lower(): v for k, v in self.headers.items()})
        self.hub.log.append(self.seen)
        time.sleep(self.hub.distance)
        fault = self.hub.take_fault(self.seen.line)
        if fault is not None and fault.act(self):
            return
        self._route()

    do_POST = do_GET

    def _chunked(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    # ---- answers -----------------------------------------------------------------------------------------

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.hub.sent += len(body)

    def json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def cut(self, body: bytes, stated: int) -> None:
        """Less than the header promised, then the end."""
        self.send_response(200)
        self.send_header("Content-Length", str(stated))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _route(self) -> None:
        path, query = unquote(urlsplit(self.path).path), parse_qs(urlsplit(self.path).query)
        if path.startswith(("/search/", "/repos/", "/repositories/", "/graphql", "/rate_limit")):
            answers.answer(self, path, query)
        elif found := re.match(r"/([^/]+/[^/]+?)/archive/(.+)\.tar\.gz$", path):
            if self.hub.archive_base:
                self.reply(302, b"", {"Location": self.hub.archive_base + self.path})
            else:
                self._archive(found[1])
        elif self.hub.root and re.match(r"/[^/]+/[^/]+?\.git/", path):
            self._git(path)
        else:
            self.reply(404, b"not found")

    def _archive(self, name: str) -> None:
        repo = self.hub.find(name)
        if repo is None or repo.empty:
            self.reply(404, b"not found")
        elif repo.blocked:
            self.reply(451, b"blocked")
        else:
            self.reply(200, repo.tarball(), {"Content-Type": "application/x-gzip"})

    def _git(self, path: str) -> None:
        name, _, rest = path.lstrip("/").partition(".git/")
        repo = self.hub.find(name)
        if repo is None:
            self.reply(404, b"not found")
        elif repo.now_name and name != repo.now_name:
            self.reply(301, b"", {"Location": f"{self.base}/{repo.now_name}.git/{self.path.split('.git/')[1]}"})
        else:
            assert self.hub.root is not None
            query = urlsplit(self.path).query
            self.reply(*backend(self.hub.root, f"/{repo.id}.git/{rest}", query, self.command, self.headers, self.body))

    @property
    def base(self) -> str:
        return self.server.base


class HubServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, hub: Hub, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.hub = hub
        self.base = f"http://{host}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that go away are part of the tests


@contextmanager
def serving(hub: Hub, host: str = "127.0.0.1") -> Iterator[str]:
    server = HubServer(hub, host)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server.base
    finally:
        server.shutdown()
        server.server_close()
