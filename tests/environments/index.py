"""A package index on loopback, with wheels that are made on the spot."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


def wheel(
    folder: Path, name: str, files: Mapping[str, str | bytes], version: str = "1.0", requires: tuple[str, ...] = ()
) -> Path:
    place = folder / name.replace("_", "-")
    place.mkdir(parents=True, exist_ok=True)
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {line}" for line in requires]
    written = {**files, f"{info}/METADATA": "\n".join(metadata) + "\n"}
    written[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    written[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*written, f"{info}/RECORD"])
    path = place / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, data in written.items():
            archive.writestr(inside, data)
    return path


def sdist(folder: Path, name: str) -> None:
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}-1.0.tar.gz").write_bytes(b"never opened")


class _Index(SimpleHTTPRequestHandler):
    """PEP 691: with sizes, which the older pages do not have."""

    def do_GET(self) -> None:
        place = Path(self.directory) / self.path.strip("/")
        if not place.is_dir():
            super().do_GET()
            return
        files = [
            {"filename": p.name, "url": p.name, "size": p.stat().st_size, "hashes": _sums(p)} for p in place.iterdir()
        ]
        body = json.dumps({"meta": {"api-version": "1.0"}, "name": place.name, "files": files}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def _sums(path: Path) -> dict[str, str]:
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Index, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
