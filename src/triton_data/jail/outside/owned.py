"""A jail of this process: its keeper is our child, and goes when we go.

In: what is wanted. Out: an address, and the layers in force. Not covered: one that others have started (standing/).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail.outcome import labelled
from triton_data.jail.outside import keeper, nanny
from triton_data.jail.policy import RUN, Task
from triton_data.jail.wanted import Wanted

ADVICE = (
    "run on Linux 5.13 or newer with Landlock (in a container: docker run --security-opt seccomp=unconfined), "
    "or accept the risk with --allow-unsafe-exec"
)
LONGEST_ADDRESS = 100  # a Unix socket's path has 107 bytes
CLOSE_S = 30.0  # in which a keeper that is told to stop has cleared up


class Owned:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.keeper: subprocess.Popen[bytes] | None = None
        self.address = ""
        self.layers: tuple[str, ...] = ()

    def start(self) -> None:
        """`Misuse` where the jail cannot be, or does not hold."""
        self.launch()
        self.ready()

    def launch(self) -> None:
        """It loads by itself from here on."""
        base = Path(tempfile.mkdtemp(prefix=keeper.PREFIX, dir=_short_directory()))
        self.address = str(base / "door" / "socket")
        try:
            self._start_keeper(self._config(base))
        except BaseException:
            self.close()
            raise

    def ready(self) -> None:
        """Once it has loaded, and a first task was as it should be; asking again changes nothing."""
        if self.layers:
            return
        assert self.keeper and self.keeper.stdout
        try:
            said: dict[str, Any] = json.loads(self.keeper.stdout.readline() or b"{}")
            if "ready" not in said:
                raise Misuse(said.get("refused", "the jail's keeper died"))
            self._check()
        except BaseException:
            self.close()
            raise

    def _config(self, base: Path) -> dict[str, Any]:
        """Root's children must pass through to their scratch, but nobody else may reach the socket."""
        for name, mode in (("door", 0o700), ("home", 0o700), ("scratch", 0o711)):
            (base / name).mkdir()
            (base / name).chmod(mode)
        if os.geteuid() == 0:
            base.chmod(0o711)
        home = {"HOME": str(base / "home"), "TMPDIR": str(base / "home")}
        return {
            **self.wanted.to_json(),
            "env": {**home, **self.wanted.env},
            "base": str(base),
            "address": self.address,
            "scratch": str(base / "scratch"),
        }

    def _start_keeper(self, config: dict[str, Any]) -> None:
        self.keeper = subprocess.Popen(
            keeper.command("keeper", config["roots"][:1]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=config["env"],
            cwd="/",
            start_new_session=True,  # a Ctrl-C in the terminal reaches the driver alone
        )
        assert self.keeper.stdin and self.keeper.stdout
        self.keeper.stdin.write(json.dumps(config).encode() + b"\n")
        self.keeper.stdin.close()

    def _check(self) -> None:
        """One empty task, so that a machine below the floor is refused now and not once per item."""
        first = nanny.look_after(self.address, Task(source="def main(): pass"), RUN)
        if not first.ok:
            hint = f": {ADVICE}" if "below the floor" in first.reason else ""
            raise Misuse(f"the jail does not hold here ({first.reason.removeprefix('lost:')}){hint}")
        self.layers = labelled(first.facts.layers)

    @property
    def lives(self) -> bool:
        return self.keeper is not None and self.keeper.poll() is None

    def abandon(self) -> None:
        """Without waiting for anything; what is left is swept away by the next start."""
        if self.keeper is not None:
            self.keeper.kill()

    def close(self) -> None:
        if self.keeper is not None:
            self.keeper.terminate()
            try:
                self.keeper.wait(CLOSE_S)
            except subprocess.TimeoutExpired:  # what it leaves is swept away by the next one
                self.keeper.kill()
                self.keeper.wait()
            if self.keeper.stdout is not None:
                self.keeper.stdout.close()
            self.keeper, self.layers = None, ()


def _short_directory() -> str:
    """A Unix socket's path is limited, and a temporary directory may be nested deep."""
    usual = tempfile.gettempdir()
    return usual if len(usual) + len(keeper.PREFIX) + 20 < LONGEST_ADDRESS else "/tmp"
