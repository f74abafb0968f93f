"""The far end of the local engine: one process that does items one after the other.

In: pickled items over a pipe from our own driver (never foreign data). Out: one pickled reply an item.
A worker dies with its driver, ignores Ctrl-C (the driver decides), and turns an exception into a Drop:
one bad item must not stop the others. A full disk is not about the item, so it stops the stage.
"""

from __future__ import annotations

import ctypes
import errno
import os
import pickle
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from multiprocessing import forkserver, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from triton_data.records import Drop, Outcome
from triton_data.running.stage import Work, perform

READY, MACHINE, DONE = range(3)
MACHINE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENODEV}  # ENODEV: no GPU


@dataclass(frozen=True)
class Surroundings:
    """The driver's, of this moment: the fork server has those of the moment when it began."""

    environ: dict[str, str]
    folder: Path

    def enter(self) -> None:
        os.environ.clear()
        os.environ.update(self.environ)
        os.chdir(self.folder)


def main(work: Work, pipe: Connection, surroundings: Surroundings) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_driver()
    surroundings.enter()
    try:
        pipe.send_bytes(pickle.dumps((READY, os.getpid())))
        while True:
            item = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(pickle.dumps(_reply(work, item)))
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the driver has all it wanted
        return


def _reply(work: Work, item: Any) -> tuple[int, Any]:
    started = time.perf_counter()
    try:
        outputs, drops = perform(work, item)
    except OSError as error:
        if error.errno in MACHINE_ERRORS:
            return MACHINE, ": ".join(filter(None, (error.strerror, error.filename)))
        outputs, drops = (), (_exception_drop(error),)
    except Exception as error:  # noqa: BLE001 - becomes a counted Drop that says where
        outputs, drops = (), (_exception_drop(error),)
    return DONE, Outcome(item.key, outputs, drops, time.perf_counter() - started, os.getpid())


def _exception_drop(error: Exception) -> Drop:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return Drop("exception", f"{type(error).__name__}: {str(error)[:500]} ({where.filename}:{where.lineno})")


def die_with_driver() -> None:
    """So that kill -9 of the driver leaves nothing behind. Our parent is the fork server, which ends when nobody holds
    the other end of a pipe any more: the driver does, and so would we."""
    server = forkserver._forkserver
    if (held := getattr(server, "_forkserver_alive_fd", None)) is not None:
        os.close(held)
        server._forkserver_alive_fd = None  # type: ignore[attr-defined]
    die_with(os.getppid())
    driver = parent_process()
    if driver is None or not driver.is_alive():  # it died before we asked
        os._exit(1)


def die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent dies."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
