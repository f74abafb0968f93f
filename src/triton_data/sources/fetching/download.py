"""One file over HTTP into a temporary file: capped, checked, with no credentials at all.

In: a URL and limits. Out: a file that is whole, or `Refused`/`Deferred`. Redirects are followed a few times and never
from https to http; nothing that could authenticate is sent anywhere, so none can follow a redirect.
Not covered: what is inside the file (archive.py).
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from triton_data import __version__
from triton_data.sources.fetching import retry_after
from triton_data.sources.fetching.deadline import within
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.reasons import Deferred, Reason, Refused

REDIRECTS = 5
CHUNK = 1 << 16
GONE = {404: Reason.GONE, 410: Reason.GONE, 451: Reason.BLOCKED, 409: Reason.EMPTY}


@dataclass(frozen=True)
class Line:
    """What a slow or lying server may cost us."""

    max_bytes: int = 500_000_000
    timeout: float = 30.0  # seconds with no byte
    deadline: float = 900.0  # seconds for the whole file
    slowest: float = 2_000.0  # bytes a second, after the first `timeout` seconds
    tries: int = 3
    pause: float = 1.0  # before the second try; doubled for the third


class NoCredentials(AuthBase):
    """Without it, requests would look into ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        return request


class Downloads:
    def __init__(self, waits: Waits, line: Line | None = None) -> None:
        self.waits, self.line = waits, line or Line()
        self.received = 0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"triton-data/{__version__}"
        self._session.headers["Accept-Encoding"] = "identity"  # an archive is packed already

    def text(self, url: str, accept: str = "*/*") -> tuple[str, str, str]:
        """(body, content type, URL it came from in the end)."""
        if urlsplit(url).scheme == "file":
            return self._local(url).read_text("utf-8"), "text/html", url
        seen: dict[str, str] = {}

        def keep(response: requests.Response) -> str:
            seen.update(kind=response.headers.get("Content-Type", ""), url=response.url)
            return b"".join(self._chunks(response)).decode("utf-8", "replace")

        return self._try(url, accept, keep), seen["kind"], seen["url"]

    def file(self, url: str, target: Path, sha256: str = "") -> None:
        def keep(response: requests.Response) -> str:
            digest = hashlib.sha256()
            with target.open("wb") as out:
                for chunk in self._chunks(response):
                    digest.update(chunk)
                    out.write(chunk)
            return digest.hexdigest()

        if urlsplit(url).scheme == "file":
            shutil.copyfile(self._local(url), target)
            found = hashlib.sha256(target.read_bytes()).hexdigest()
        else:
            found = self._try(url, "*/*", keep)
        if sha256 and found != sha256:
            raise Refused(Reason.CHECKSUM, f"sha256 is {found}, not {sha256}")

    # ---- one try after the other -------------------------------------------------------------------------

    def _try(self, url: str, accept: str, keep: Callable[[requests.Response], str]) -> str:
        problem = ""
        for attempt in range(self.line.tries):
            if attempt:
                time.sleep(self.line.pause * 2 ** (attempt - 1))
            try:
                with self._open(url, accept) as response:
                    return keep(response)
            except (requests.RequestException, ConnectionError, TimeoutError) as error:
                problem = f"{type(error).__name__} from {urlsplit(url).netloc}"
        raise Refused(Reason.UNREACHABLE, problem)

    def _open(self, url: str, accept: str) -> requests.Response:
        for _ in range(REDIRECTS + 1):
            host = urlsplit(url).netloc
            self.waits.keep(host)
            ask = partial(
                self._session.get, url, stream=True, allow_redirects=False, timeout=self.line.timeout,
                auth=NoCredentials(), headers={"Accept": accept},
            )  # fmt: skip
            response = within(2 * self.line.timeout, ask)  # headers can drip as bodies can
            if not response.is_redirect:
                return self._good(response, host)
            response.close()
            there = urljoin(url, response.headers["Location"])
            if urlsplit(there).scheme not in ("https", urlsplit(url).scheme) or not urlsplit(there).netloc:
                raise Refused(Reason.REDIRECTED, f"to {urlsplit(there).scheme}://{urlsplit(there).netloc}")
            url = there
        raise Refused(Reason.REDIRECTED, f"more than {REDIRECTS} times")

    def _good(self, response: requests.Response, host: str) -> requests.Response:
        status = response.status_code
        if status == 200:
            return response
        with response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            message = response.raw.read(500).decode("utf-8", "replace") if status in (403, 429) else ""
        pause = retry_after.pause_asked(status, headers, message, 0)
        if pause is not None:
            self.waits.hold(host, pause)
            raise Deferred(time.time() + pause, f"{host} answers {status}")
        if status >= 500:
            raise requests.ConnectionError(f"status {status}")
        raise Refused(GONE.get(status, Reason.UNREACHABLE), f"{status} from {host}")

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        """The body, as long as it is neither too long nor too slow; a body cut short raises."""
        started, size = time.monotonic(), 0
        stated = response.headers.get("Content-Length", "")
        for chunk in _read(response.raw):
            size += len(chunk)
            self.received += len(chunk)
            passed = time.monotonic() - started
            if size > self.line.max_bytes:
                raise Refused(Reason.TOO_LARGE, f"over {self.line.max_bytes} bytes")
            if passed > self.line.deadline or (passed > self.line.timeout and size / passed < self.line.slowest):
                raise requests.Timeout(f"{size} bytes in {passed:.0f} s")
            yield chunk
        if stated.isdigit() and size != int(stated):
            raise requests.ConnectionError(f"{size} of {stated} bytes")

    def _local(self, url: str) -> Path:
        path = Path(unquote(urlsplit(url).path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            raise Refused(Reason.GONE, f"no file {path}")
        return path


def _read(raw: Any) -> Iterator[bytes]:
    """As bytes come, not in full chunks: a server that drips must not hold us inside one read."""
    try:
        while chunk := raw.read1(CHUNK):
            yield chunk
    except HTTPError as error:
        raise requests.ConnectionError(str(error)) from error
