"""Servers from npm that speak GitHub's protocol: installed from the lock file in npm/, started on 127.0.0.1.

In: npm, a registry, and Node 24 (which the lock file brings along). Out: the address of a running server.
`python -m tests.sources.peers` installs them and says what is wrong where that fails; a test skips with the same words.
Not covered: any port that other machines could reach.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.npm import NotInstalled, install

HERE = Path(__file__).parent / "npm"


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
    folder = install(HERE)
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
        print(f"peers for tests in {install(HERE)}")
    except NotInstalled as missing:
        sys.exit(f"peers for tests: {missing}; tests that need them will be skipped")
