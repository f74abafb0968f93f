"""Which GPU a task runs on: the least busy one, and none that has stopped answering. Shared by all worker processes.

In: a number of GPUs and how many tasks each may have at a time. Out: a number for as long as the task runs, held by a
lock on a file, which a worker that dies lets go. A task that is timed holds all places of its GPU. Not covered: what
others do on the same GPUs, and waking up one that hangs (only its driver can). Where none is left, the machine is to
blame and no item: an OSError.
"""

from __future__ import annotations

import errno
import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PATIENCE = 0.02  # seconds between two looks at places that are all taken


@dataclass(frozen=True)
class Devices:
    folder: Path  # everybody's
    count: int
    places: int  # on each GPU

    @contextmanager
    def place(self, exclusive: bool = False) -> Iterator[int]:
        with ExitStack() as locks:
            yield self._exclusive(locks) if exclusive else self._beside_others(locks)

    def leave_out(self, gpu: int, why: str) -> None:
        (self.folder / f"{gpu}.out").write_text(why, "utf-8")

    def left_out(self) -> dict[int, str]:
        return {int(path.stem): path.read_text("utf-8") for path in sorted(self.folder.glob("*.out"))}

    def _healthy(self) -> list[int]:
        out = self.left_out()
        left = [gpu for gpu in range(self.count) if gpu not in out]
        if not left:
            said = "; ".join(f"{gpu}: {why}" for gpu, why in out.items())
            raise OSError(errno.ENODEV, f"no GPU answers any more ({said})")
        return left

    def _beside_others(self, locks: ExitStack) -> int:
        """A first place on any of them comes before a second one on any."""
        while True:
            for place in range(self.places):
                for gpu in self._healthy():
                    if self._locked(gpu, place, locks, wait=False):
                        return gpu
            time.sleep(PATIENCE)

    def _exclusive(self, locks: ExitStack) -> int:
        """Places are taken in their order, so that two who want all of them do not hold half each."""
        while True:
            for gpu in self._healthy():
                if self._locked(gpu, 0, locks, wait=False):
                    for place in range(1, self.places):
                        self._locked(gpu, place, locks, wait=True)
                    return gpu
            time.sleep(PATIENCE)

    def _locked(self, gpu: int, place: int, locks: ExitStack, wait: bool) -> bool:
        file: IO[bytes] = (self.folder / f"{gpu}.{place}").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.close()
            return False
        locks.callback(file.close)
        return True
