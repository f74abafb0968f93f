"""Servers from npm that speak GitHub's protocol: installed from the lock file in npm/, started on 127.0.0.1.

In: npm, a registry, and Node 24 (which the lock file brings along). Out: the address of a running server.
`python -m tests.sources.peers` installs them and says what is wrong where that fails; a test skips with the same words.
Not covered: any port that other machines could reach.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "npm"
SECONDS = 240  # for all that npm has to fetch: 60 MB where its own cache is empty


class NotInstalled(Exception):
    """One line: what is missing."""


def install() -> Path:
    """The folder with everything in it; made once for each state of npm/, never inside the checkout."""
    files = sorted(path for path in HERE.iterdir() if path.is_file())
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "triton-data-tests"
    target = cache / f"npm-{state}"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="npm-part-") as folder:
            part = Path(folder) / "new"
            part.mkdir()
            for path in files:
                shutil.copy(path, part)
            _npm_ci(part)
            try:
                part.rename(target)
            except OSError:  # another process was faster
                if not target.exists():
                    raise
    return target


def _npm_ci(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except FileNotFoundError:
        raise NotInstalled("npm is not installed") from None
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"npm took over {SECONDS} s") from None
    if done.returncode:
        lines = (line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error"))
        said = [line for line in lines if " " in line and not line.startswith(("code ", "errno "))]
        raise NotInstalled(f"npm ci failed: {(said or [str(done.returncode)])[-1]}")


@contextmanager
def recorded_scenarios() -> Iterator[str]:
    with _started("fixtures.mjs") as address:
        yield address


@contextmanager
def emulated(clone_base: str, seed: dict[str, Any]) -> Iterator[str]:
    """A stateful GitHub; `clone_base` is where it says that its repositories are cloned from."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _started("emulator.mjs", str(port), clone_base, json.dumps(seed)) as address:
        yield address


@contextmanager
def _started(script: str, *args: str) -> Iterator[str]:
    folder = install()
    node = next(folder.glob("node_modules/node-*/bin/node"), Path("node"))
    server = subprocess.Popen(
        [node, script, *args], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None and server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), f"{script} said {address!r}"
        yield address
    finally:
        server.stdin.close()  # which is what it waits for
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()


if __name__ == "__main__":
    try:
        print(f"peers for tests in {install()}")
    except NotInstalled as missing:
        sys.exit(f"peers for tests: {missing}; tests that need them will be skipped")
