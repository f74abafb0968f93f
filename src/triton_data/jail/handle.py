"""The handle that stages hold: starts a jail, or reaches one that runs, and hands it tasks.

In: what to preload and what tasks may read. Out: an `Outcome` per task. A handle crosses to other processes
as its address: N workers with a handle each are N jailed workers over one zygote. Not covered: scheduling
(the engine's), retries of an item.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from triton_data.jail import paths
from triton_data.jail.outcome import Outcome
from triton_data.jail.outside import nanny
from triton_data.jail.outside.owned import Owned
from triton_data.jail.policy import FLOOR, RUN, Policy, Task
from triton_data.jail.standing.lease import Lease, lease
from triton_data.jail.wanted import Wanted

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}


class Jail:
    """`with Jail() as jail: jail.run(Task(...), RUN)`.

    `warm` is a function of ours, 'package.module:function', that the zygote calls once after loading; it must
    leave no thread. `read` are more paths that tasks may read, `roots` more import roots (readable too),
    `env` more variables, `shelf` a folder of which a policy may name a part as its `packages`. With `gpu` tasks see the
    machine's GPUs; without, they run as on a machine that has none. Where `triton-data warm` keeps such a jail ready,
    that one is taken, unless it must not be `shared`.
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
        shared: bool = True,
    ) -> None:
        self.preload, self.warm = tuple(preload), warm
        self.read = [str(Path(path).resolve()) for path in read]
        self.roots = [str(Path(path).resolve()) for path in roots]
        self.shelf = str(Path(shelf).resolve()) if shelf else ""
        self.env = {**({} if gpu else NO_GPU), **(env or {})}
        self.floor = () if allow_unsafe else tuple(floor)
        self.retire_after = retire_after
        self.shared = shared
        self.address = ""
        self.layers: tuple[str, ...] = ()
        self.held: Owned | Lease | None = None

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
        self.launch()
        self.ready()

    def launch(self) -> None:
        """It loads meanwhile; `ready` waits for it. Neither does anything twice."""
        if self.held is not None:
            return
        wanted = self._wanted()
        self.held = lease(wanted) if self.shared else None
        if self.held is None:
            self.held = Owned(wanted)
            self.held.launch()
        self.address = self.held.address

    def ready(self) -> None:
        if isinstance(self.held, Owned):
            self.held.ready()
        if self.held is not None:
            self.layers = self.held.layers

    def _wanted(self) -> Wanted:
        roots = list(dict.fromkeys([*paths.import_roots(self.preload), *self.roots]))
        return Wanted(
            self.preload,
            self.warm,
            roots=tuple(roots),
            read=(*paths.readable(roots), *self.read),
            shelf=self.shelf,
            floor=self.floor,
            retire_after=self.retire_after,
            env=paths.environment(os.environ, self.env),
        )

    def run(self, task: Task, policy: Policy = RUN) -> Outcome:
        """May be called from many threads or processes at once; each call is a task of its own."""
        return nanny.look_after(self.address, task, policy)

    def abandon(self) -> None:
        """Without waiting for anything."""
        if self.held is not None:
            self.held.abandon()

    def close(self) -> None:
        if self.held is not None:
            self.held.close()
            self.held = None
