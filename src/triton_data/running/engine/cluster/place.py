"""A node's folder: what has travelled to this machine, kept for later items and later runs.

In: blobs, locks and records that items read. Out: a folder that stages take for the run's. Of several nodes on one
machine each claims its own. Blobs and environments are named by their content, so they stay; `run.db` holds what this
driver sent and is begun anew. Not covered: what is missing (the node asks for it).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from triton_data.environments import has_lock, keep_lock
from triton_data.errors import Misuse
from triton_data.records import Outcome
from triton_data.store import Store, database

CACHE = "TRITON_DATA_NODE_DIR"
NODES = 64  # on one machine


def root() -> Path:
    usual = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get(CACHE) or Path(usual) / "triton-data" / "nodes")


class Place:
    def __init__(self, above: Path) -> None:
        self.store = _claim(above)
        self.folder = self.store.run_dir
        self.environments = self.folder / "environments"

    def keep_blobs(self, blobs: Iterable[tuple[str, bytes]]) -> None:
        for name, data in blobs:
            if self.store.blobs.put(data) != name:
                raise Misuse(f"blob {name[:12]} is not what arrived")

    def keep_locks(self, locks: Iterable[tuple[str, str]]) -> None:
        for key, text in locks:
            keep_lock(self.environments, key, text)

    def without_blobs(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self.store.blobs.path(name).exists()]

    def without_locks(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if not has_lock(self.environments, key)]

    def keep_reads(self, reads: Iterable[tuple[str, Outcome]]) -> None:
        for stage, outcome in reads:
            self.store.commit(stage, [outcome])


def _claim(above: Path) -> Store:
    for number in range(NODES):
        folder = above / str(number)
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)  # tasks of the jail run as somebody else
        try:
            database.lock(folder / "claimed")  # for as long as this process lives
        except Misuse:  # another node of this machine
            continue
        for name in ("run.db", "run.db-wal", "run.db-shm"):
            (folder / name).unlink(missing_ok=True)
        return Store.open(folder)
    raise Misuse(f"all {NODES} folders under {above} are in use; {CACHE} names another place")
