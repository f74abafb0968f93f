"""A standing jail, for as long as its user holds the line.

In: what is wanted. Out: an address, or nothing where no server answers, it has other code, or this jail must be one's
own. Not covered: a server that dies meanwhile: its jails go with it, and tasks end as with any jail that is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail.standing import place
from triton_data.jail.wanted import Wanted

ANSWER_S = 300.0  # it may be loading
LISTED, ENTERED = 0o004, 0o001


class Lease:
    keeper = None  # the server's

    def __init__(self, line: socket.socket, address: str, layers: tuple[str, ...]) -> None:
        self.line, self.address, self.layers = line, address, layers

    def close(self) -> None:
        self.line.close()

    abandon = close


def lease(wanted: Wanted) -> Lease | None:
    if wanted.shelf and not _seen_by_all(Path(wanted.shelf)):  # its zygote must have that folder opened
        return None
    line = dial()
    if line is None:
        return None
    try:
        said = ask(line, {"want": replace(wanted, shelf="").to_json(), "code": place.fingerprint()})
        if "address" in said:
            return Lease(line, str(said["address"]), tuple(map(str, said["layers"])))
    except (OSError, ValueError):
        said = {}
    line.close()
    if "refused" in said:
        raise Misuse(str(said["refused"]))
    return None


def dial() -> socket.socket | None:
    """The server's line; None where there is none, or the folder is not to be trusted."""
    folder = place.folder()
    if folder is None or not place.ours(folder):
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(ANSWER_S)
    with contextlib.suppress(OSError):
        line.connect(place.door(folder))
        return line
    line.close()
    return None


def ask(line: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
    """One line each way. `ValueError` where what comes is none."""
    line.sendall(json.dumps(request).encode() + b"\n")
    with line.makefile("rb") as answers:
        said = json.loads(answers.readline())
    if not isinstance(said, dict):
        raise ValueError("not an answer")
    return said


def _seen_by_all(folder: Path) -> bool:
    """Root's tasks run as somebody else; a standing zygote opened no folder of root's for them."""
    if os.geteuid() != 0:
        return True
    try:
        modes = [each.stat().st_mode for each in (folder, *folder.parents)]
    except OSError:
        return False
    return bool(modes[0] & LISTED) and all(mode & ENTERED for mode in modes)
