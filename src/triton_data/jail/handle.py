"""The handle that stages hold: starts a jail, or reaches one that runs, and hands it tasks.

In: what to preload and what tasks may read. Out: an `Outcome` per task. A handle crosses to other processes
as its address: N workers with a handle each are N jailed workers over one zygote. Not covered: scheduling
(the engine's), retries of an item.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail import paths
from triton_data.jail.outcome import Outcome
from triton_data.jail.outside import keeper, nanny
from triton_data.jail.policy import FLOOR, RUN, Policy, Task

ADVICE = (
    "run on Linux 5.13 or newer with Landlock (in a container: docker run --security-opt seccomp=unconfined), "
    "or accept the risk with --allow-unsafe-exec"
)
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}
LONGEST_ADDRESS = 100  # a Unix socket's path has 107 bytes
CLOSE_S = 30.0  # in which a keeper that is told to stop has cleared up


class Jail:
    """`with Jail() as jail: jail.run(Task(...), RUN)`.

    `warm` is a function of ours, 'package.module:function', that the zygote calls once after loading; it must
    leave no thread. `read` are more paths that tasks may read, `roots` more import roots (readable too),
    `env` more variables, `shelf` a folder of which a policy may name a part as its `packages`. With `gpu` tasks see the
    machine's GPUs; without, they run as on a machine that has none.
    """

    def __init__(
        self,
        preload: Iterable[str] = ("torch",),
        *,
        warm: str = "",
        read: Iterable[str | Path] = (),
        roots: Iterable[str | Path] = (),
        env: Mapping[str, str] | None = None,
        gpu: bool = False,
        shelf: str | Path = "",
        floor: Iterable[str] = FLOOR,
        allow_unsafe: bool = False,
        retire_after: int = 100_000,
    ) -> None:
        self.preload, self.warm = tuple(preload), warm
        self.read = [str(Path(path).resolve()) for path in read]
        self.roots = [str(Path(path).resolve()) for path in roots]
        self.shelf = str(Path(shelf).resolve()) if shelf else ""
        self.env = {**({} if gpu else NO_GPU), **(env or {})}
        self.floor = () if allow_unsafe else tuple(floor)
        self.retire_after = retire_after
        self.address = ""
        self.layers: tuple[str, ...] = ()
        self._keeper: subprocess.Popen[bytes] | None = None

    @staticmethod
    def attach(address: str) -> Jail:
        """A jail that another process has started and will close."""
        jail = Jail()
        jail.address = address
        return jail

    def __reduce__(self) -> tuple[Callable[[str], Jail], tuple[str]]:
        return Jail.attach, (self.address,)

    def __enter__(self) -> Jail:
        if not self.address:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        base = Path(tempfile.mkdtemp(prefix=keeper.PREFIX, dir=_short_directory()))
        try:
            said = self._start_keeper(self._config(base))
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
        self.address = str(base / "door" / "socket")
        roots = list(dict.fromkeys([*paths.import_roots(self.preload), *self.roots]))
        home = {"HOME": str(base / "home"), "TMPDIR": str(base / "home")}
        return {
            "base": str(base),
            "address": self.address,
            "scratch": str(base / "scratch"),
            "roots": roots,
            "read": [*paths.readable(roots), *self.read],
            "shelf": self.shelf,
            "preload": self.preload,
            "warm": self.warm,
            "floor": self.floor,
            "retire_after": self.retire_after,
            "env": paths.environment(os.environ, {**home, **self.env}),
        }

    def _start_keeper(self, config: dict[str, Any]) -> dict[str, Any]:
        self._keeper = subprocess.Popen(
            keeper.command("keeper", config["roots"][:1]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=config["env"],
            cwd="/",
            start_new_session=True,  # a Ctrl-C in the terminal reaches the driver alone
        )
        assert self._keeper.stdin and self._keeper.stdout
        self._keeper.stdin.write(json.dumps(config).encode() + b"\n")
        self._keeper.stdin.close()
        said: dict[str, Any] = json.loads(self._keeper.stdout.readline() or b"{}")
        return said

    def _check(self) -> None:
        """One empty task, so that a machine below the floor is refused now and not once per item."""
        first = self.run(Task(source="def main(): pass"), RUN)
        if not first.ok:
            hint = f": {ADVICE}" if "below the floor" in first.reason else ""
            raise Misuse(f"the jail does not hold here ({first.reason.removeprefix('lost:')}){hint}")
        self.layers = labelled(first.facts.layers)

    def run(self, task: Task, policy: Policy = RUN) -> Outcome:
        """May be called from many threads or processes at once; each call is a task of its own."""
        return nanny.look_after(self.address, task, policy)

    def abandon(self) -> None:
        """Without waiting for anything; what is left is swept away by the next start."""
        if self._keeper is not None:
            self._keeper.kill()

    def close(self) -> None:
        if self._keeper is not None:
            self._keeper.terminate()
            try:
                self._keeper.wait(CLOSE_S)
            except subprocess.TimeoutExpired:  # what it leaves is swept away by the next one
                self._keeper.kill()
                self._keeper.wait()
            if self._keeper.stdout is not None:
                self._keeper.stdout.close()
            self._keeper = None


def labelled(layers: tuple[str, ...]) -> tuple[str, ...]:
    """For records: says UNSAFE where the default floor was not in force."""
    held = {layer.partition(":")[0] for layer in layers}
    return layers if held.issuperset(FLOOR) else ("UNSAFE", *layers)


def _short_directory() -> str:
    """A Unix socket's path is limited, and a temporary directory may be nested deep."""
    usual = tempfile.gettempdir()
    return usual if len(usual) + len(keeper.PREFIX) + 20 < LONGEST_ADDRESS else "/tmp"
