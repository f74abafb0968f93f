"""What an attack could harm, and whether it did: built and inspected outside the jail only.

The files and the bystander belong to the very uid that jailed code runs as, so that nothing but the jail protects them.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch

import triton_data

JAILED_UID = 65534
TOKEN = "hf_" + "SECRET" * 3
FILES = {
    "precious": "treasure",
    ".ssh/id_rsa": f"PRIVATE {TOKEN}",
    ".netrc": f"password {TOKEN}",
    ".cache/huggingface/token": TOKEN,
}
PACKAGES = (Path(torch.__file__).parent, Path(triton_data.__file__).parent)
SHARED = (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"))


def ipc() -> set[str]:
    """System V queues, semaphores and shared memory, and named sockets called evil."""
    lines = [
        f"{kind} {line}"
        for kind in ("msg", "sem", "shm")
        for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
    ]
    # Kind, key, id and rights: sizes and times of others' objects may change.
    objects = {" ".join(line.split()[:4]) for line in lines if line.split()[-8:].count(str(JAILED_UID))}
    return objects | {line for line in Path("/proc/net/unix").read_text().splitlines() if "evil" in line}


class World:
    def __init__(self, directory: Path) -> None:
        self.home = directory / "home"
        self.uid = JAILED_UID if os.geteuid() == 0 else os.geteuid()
        os.environ["HF_TOKEN"] = TOKEN
        self.expected = torch.frombuffer(bytearray(TOKEN.encode()), dtype=torch.uint8)  # what a judge would hold
        self._servers: dict[socket.socket, str] = {}
        self.objects = ipc()
        self.reset()
        self.ports = {
            "tcp": self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "udp": self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "unix": self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(directory / "agent")),
            "datagram": self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, str(directory / "journal")),
            "abstract": self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{directory}"),
        }
        for name in ("agent", "journal"):
            (directory / name).chmod(0o777)
        self.bystander = self._stand_by()
        self.rooted = directory / "rooted"  # closed to the jailed uid, not to who clears up after it
        self.rooted.mkdir()
        (self.rooted / "kept").write_text("kept")
        self.rooted.chmod(0o755)

    def reset(self) -> None:
        """Also undoes what a switched-off layer let happen."""
        for name, text in FILES.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            path.write_text(text)
            path.chmod(0o644)
            os.utime(path, (10**9, 10**9))
        for path in [self.home, *self.home.rglob("*")]:
            if os.geteuid() == 0:
                os.chown(path, self.uid, self.uid)
        for path in [*self._strangers(), *self.home.glob("evil*")]:
            path.unlink()
        for kind, _, number, _ in (line.split() for line in ipc() - self.objects if line.startswith(("msg", "sem"))):
            subprocess.run(["ipcrm", "-q" if kind == "msg" else "-s", number], check=False)
        self._visits()

    def new_bystander(self) -> None:
        self.bystander.kill()
        self.bystander.wait()
        self.bystander = self._stand_by()

    def _stand_by(self) -> subprocess.Popen[bytes]:
        as_jailed: dict[str, Any] = {"user": self.uid, "group": self.uid} if os.geteuid() == 0 else {}
        # Ends with us, whatever happens: its standard input is ours.
        return subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd="/", **as_jailed)

    def payload(self) -> dict[str, Any]:
        return {
            "home": str(self.home),
            "driver": os.getpid(),
            "rooted": str(self.rooted),
            "bystander": self.bystander.pid,
            "torch": str(PACKAGES[0]),
            "package": str(PACKAGES[1]),
            **{name: str(at).replace("\0", "@") if isinstance(at, str) else at for name, at in self.ports.items()},
        }

    def harm(self, patience_s: float = 0.0) -> list[str]:
        """What is not as it was; [] is what every attack must leave. Patience is for a visitor who is awaited."""
        found = []
        for name, text in FILES.items():
            path = self.home / name
            try:
                state = path.stat()
                if path.is_symlink() or path.read_text() != text or state.st_nlink != 1:
                    found.append(f"changed {name}")
                if state.st_mode & 0o777 != 0o644 or state.st_uid != self.uid or state.st_mtime != 10**9:
                    found.append(f"metadata of {name}")
            except FileNotFoundError:
                found.append(f"gone {name}")
        known = {self.home / name for name in FILES}
        found += [f"new {path.name}" for path in self.home.rglob("*") if not path.is_dir() and path not in known]
        if [path.name for path in self.rooted.iterdir()] != ["kept"] or self.rooted.stat().st_mode & 0o777 != 0o755:
            found.append("the rooted folder")
        found += [f"left {path}" for path in self._strangers()]
        found += [f"kernel object {line}" for line in ipc() - self.objects]
        found += [f"reached {visit}" for visit in self._visits(patience_s)]
        if self.bystander.poll() is not None or os.getpriority(os.PRIO_PROCESS, self.bystander.pid) != 0:
            found.append("bystander")
        return found

    def _strangers(self) -> list[Path]:
        """Attacks name whatever they try to leave behind `evil...`."""
        return [path for place in (*PACKAGES, *SHARED, Path(tempfile.gettempdir())) for path in place.glob("evil*")]

    def _listen(self, family: int, kind: int, at: Any) -> Any:
        server = socket.socket(family, kind)
        server.bind(at)
        server.setblocking(False)
        if kind == socket.SOCK_STREAM:
            server.listen(8)
        self._servers[server] = "udp" if kind == socket.SOCK_DGRAM else f"{family!s}"
        return server.getsockname()[1] if family == socket.AF_INET else at

    def _visits(self, patience_s: float = 0.0) -> list[str]:
        """The kernel keeps who came until we look: no thread of ours has to be quicker than the test that asks."""
        visits = []
        while waiting := select.select(list(self._servers), [], [], 0.0 if visits else patience_s)[0]:
            for server in waiting:
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(99)
                visits.append(self._servers[server])
        return visits

    def close(self) -> None:
        self.bystander.kill()
        self.bystander.wait()
        for server in self._servers:
            server.close()
