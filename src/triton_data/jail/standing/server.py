"""Keeps jails ready for the commands of one user, and goes when nobody needs it any more.

In: requests on a socket that only this user can reach, a line each: a jail that is wanted, `list`, `stop`. Out: a line
each. Who took a jail has it for as long as the line is open; one that nobody has used for a while is closed, and the
server ends with its last. It loads no library and runs no foreign code itself. Not covered: what a jail is (owned.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from triton_data.errors import Misuse
from triton_data.jail.outside.owned import Owned
from triton_data.jail.standing import place
from triton_data.jail.wanted import Wanted

MOST = 16  # jails: some 400 MiB each; beyond, the one that was longest unused goes
LOOK_S = 0.25
MAX_REQUEST = 1 << 20
CREDENTIALS = struct.Struct("=iII")  # pid, uid, gid


@dataclass
class Standing:
    jail: Owned
    users: int = 0
    used: float = field(default_factory=time.monotonic)
    starting: threading.Lock = field(default_factory=threading.Lock)


class Server:
    def __init__(self, listening: socket.socket, idle_s: float, libraries: list[str]) -> None:
        self.listening, self.idle_s = listening, idle_s
        self.code = place.fingerprint(libraries)
        self.jails: dict[str, Standing] = {}
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.used = time.monotonic()

    def serve(self) -> None:
        threading.Thread(target=self._accept, daemon=True).start()
        while not self.stop.wait(LOOK_S):
            self._close_unused()
            with self.lock:
                if not self.jails and time.monotonic() - self.used > self.idle_s:
                    break
        self.listening.close()
        with self.lock:
            left = list(self.jails.values())
        for each in left:
            each.jail.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._attend, args=(line,), daemon=True).start()

    def _attend(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            said = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
            if CREDENTIALS.unpack(said)[1] != os.geteuid():
                return
            with line.makefile("rb") as requests:
                try:
                    request = json.loads(requests.readline(MAX_REQUEST))
                    self._answer(line, request)
                except (ValueError, KeyError, TypeError) as error:
                    say(line, {"error": f"not a request: {error}"})

    def _answer(self, line: socket.socket, request: dict[str, Any]) -> None:
        if "stop" in request:
            say(line, {"stopping": True})
            self.stop.set()
        elif "list" in request:
            say(line, {"jails": self._rows(), "pid": os.getpid(), "idle_s": self.idle_s, "code": self.code})
        elif request["code"] != self.code:
            say(line, {"stale": True})
            self.idle_s = 0.0  # it serves nobody new: it ends with those it has
        else:
            self._lend(line, Wanted.from_json(request["want"]))

    def _lend(self, line: socket.socket, wanted: Wanted) -> None:
        with self.lock:
            standing = self.jails.setdefault(wanted.key, Standing(Owned(wanted)))
            standing.users += 1
        try:
            with standing.starting:
                if not standing.jail.lives:
                    standing.jail.close()
                    standing.jail.start()
            say(line, {"address": standing.jail.address, "layers": standing.jail.layers})
            while line.recv(4096):  # until the user is gone
                pass
        except Misuse as error:
            say(line, {"refused": str(error)})
        finally:
            with self.lock:
                standing.users -= 1
                standing.used = self.used = time.monotonic()

    def _close_unused(self) -> None:
        with self.lock:
            free = sorted((each.used, key) for key, each in self.jails.items() if not each.users)
            spare = max(0, len(self.jails) - MOST)
            old = [key for used, key in free if time.monotonic() - used > self.idle_s]
            gone = [self.jails.pop(key) for key in dict.fromkeys([*old, *(key for _, key in free[:spare])])]
        for each in gone:
            each.jail.close()

    def _rows(self) -> list[dict[str, Any]]:
        now = time.monotonic()
        with self.lock:
            return [
                {
                    "loaded": [*each.jail.wanted.preload],
                    "users": each.users,
                    "unused_s": 0.0 if each.users else round(now - each.used, 1),
                    "keeper": each.jail.keeper.pid if each.jail.keeper else 0,
                }
                for each in self.jails.values()
            ]


def say(line: socket.socket, what: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # nobody waits for it any more
        line.sendall(json.dumps(what).encode() + b"\n")


def listen(folder: Path) -> socket.socket:
    """`Misuse` where another server has this folder, or it is not to be trusted."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    if not place.ours(folder):
        raise Misuse(f"{folder} is not a folder that only you can enter: name another in {place.VARIABLE}")
    held = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)  # kept for life
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Misuse(f"a server has {folder} already") from None
    door = place.door(folder)
    with contextlib.suppress(FileNotFoundError):
        Path(door).unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(door)
    listening.listen(64)
    return listening


def main() -> NoReturn:
    config = json.loads(sys.stdin.readline())
    try:
        listening = listen(Path(config["folder"]))
        server = Server(listening, float(config["idle_s"]), list(map(str, config["libraries"])))
    except (Misuse, OSError) as error:
        print(json.dumps({"refused": str(error)}), flush=True)
        sys.exit(1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal it was started from may close
    print(json.dumps({"ready": os.getpid()}), flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    server.serve()
    Path(place.door(Path(config["folder"]))).unlink(missing_ok=True)
    sys.exit(0)
