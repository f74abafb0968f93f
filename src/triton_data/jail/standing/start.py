"""Starts the server beside us, asks it for its jails, and stops it. In: minutes. Out: what it said."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail import paths
from triton_data.jail.outside.keeper import command
from triton_data.jail.standing import lease, place

ENDS_S = 30.0  # in which a server that is told to stop has closed its jails


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
        config = {"folder": str(folder), "idle_s": idle_s, "libraries": place.beside()}
        server.stdin.write(json.dumps(config).encode() + b"\n")
        server.stdin.close()
        said = json.loads(server.stdout.readline() or b"{}")
    if "ready" not in said:
        raise Misuse(said.get("refused", "the server died at once"))
    return int(said["ready"])


def serving(idle_s: float) -> None:
    """A server is there, and with the code that is there now; one that was started before an edit is replaced."""
    said = asked({"list": True})
    if said is not None and said.get("code") == place.fingerprint():
        return
    if said is not None:
        if any(row["users"] for row in said["jails"]):
            raise Misuse("what is kept ready is of an older version, and commands are at it: triton-data warm --stop")
        asked({"stop": True})
    deadline = time.monotonic() + ENDS_S
    while True:
        try:
            launch(idle_s)
        except Misuse:  # the one before has not closed its jails yet
            if said is None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def serves() -> bool:
    """Not whether it would have what is wanted."""
    line = lease.dial()
    if line is not None:
        line.close()
    return line is not None


def asked(request: dict[str, Any]) -> dict[str, Any] | None:
    """None where no server answers, or it ends meanwhile."""
    line = lease.dial()
    if line is None:
        return None
    with line, contextlib.suppress(OSError, ValueError):
        return lease.ask(line, request)
    return None
