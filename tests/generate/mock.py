"""aimock from npm, started on 127.0.0.1 with a script of answers.

In: npm and a registry; a script as npm/mock.mjs reads it. Out: the address and a look at what was asked. `python -m
tests.generate.mock` installs it and says what is wrong where that fails; a test skips with the same words.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.npm import NotInstalled, install

LOCK = Path(__file__).parent / "npm"
Script = Mapping[str, list[list[dict[str, Any]]]]


class Mock:
    def __init__(self, address: str) -> None:
        self.address = address
        self.url = f"{address}/v1"

    def answered(self) -> int:
        """What a provider would have billed."""
        return len([entry for entry in self._journal() if entry["response"]["status"] == 200])

    def refused(self) -> int:
        return len([entry for entry in self._journal() if entry["response"]["status"] == 429])

    def _journal(self) -> list[dict[str, Any]]:
        entries = requests.get(f"{self.address}/__aimock/journal", timeout=10).json()
        listed = entries if isinstance(entries, list) else entries["entries"]
        return [entry for entry in listed if entry["path"].endswith("/chat/completions")]


@contextmanager
def mocked(script: Script) -> Iterator[Mock]:
    folder = install(LOCK)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(script, file)
        file.flush()
        server = subprocess.Popen(["node", "mock.mjs", file.name], cwd=folder, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert server.stdin is not None and server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), f"mock.mjs said {address!r}"
            yield Mock(address)
        finally:
            server.stdin.close()
            server.wait(10)
            server.stdout.close()


if __name__ == "__main__":
    try:
        print(f"a mock of models' providers for tests in {install(LOCK)}")
    except NotInstalled as missing:
        sys.exit(f"a mock of models' providers for tests: {missing}; tests that need it will be skipped")
