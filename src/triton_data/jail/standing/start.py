"""Starts the server beside us, asks it for its jails, and stops it. In: minutes. Out: what it said."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail import paths
from triton_data.jail.outside.keeper import command
from triton_data.jail.standing import lease, place


def launch(idle_s: float) -> int:
    """The server's pid, once it listens. It outlives us."""
    folder = place.folder()
    if folder is None:
        raise Misuse(f"{place.VARIABLE}={place.OFF} says that there shall be none")
    server = subprocess.Popen(
        command("standing.server", [paths.PACKAGE_ROOT], "triton_data.jail"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it outlives us: whoever reads our pipe would wait for it
        cwd="/",
        start_new_session=True,
    )
    assert server.stdin and server.stdout
    with server.stdin, server.stdout:
        server.stdin.write(json.dumps({"folder": str(folder), "idle_s": idle_s}).encode() + b"\n")
        server.stdin.close()
        said = json.loads(server.stdout.readline() or b"{}")
    if "ready" not in said:
        raise Misuse(said.get("refused", "the server died at once"))
    return int(said["ready"])


def asked(request: dict[str, Any]) -> dict[str, Any] | None:
    """None where no server answers."""
    line = lease.dial()
    if line is None:
        return None
    with line:
        return lease.ask(line, request)
