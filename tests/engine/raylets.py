"""A real Ray cluster on this machine: a head without CPUs and raylets that come and go, each a node of its own.

As a program it is a driver to be killed: `python -m tests.engine.raylets ADDRESS RUN_DIR ITEMS PAUSE`.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stages import Numbered
from triton_data.running.engine.cluster import connect, roster
from triton_data.running.engine.cluster.engine import RayEngine
from triton_data.running.engine.cluster.members import Members, Wanted
from triton_data.running.engine.cluster.node import versions
from triton_data.running.engine.cluster.supplies import Supplies
from triton_data.running.stage import Stage, Summary, run_stage
from triton_data.store import Store

STORE_BYTES = 80 << 20
TOKEN = secrets.token_hex(32)  # of every cluster: a process reads it once, when it imports Ray


class Raylets:
    """The test process is a driver too: it is connected for as long as the cluster lives."""

    def __init__(self, client_port: int | None = None) -> None:
        from ray.cluster_utils import Cluster

        head: dict[str, Any] = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": STORE_BYTES}
        head |= {"ray_client_server_port": client_port} if client_port else {}
        self.cluster = Cluster(initialize_head=True, head_node_args=head)
        self.said: list[str] = []
        self.nodes: dict[str, Any] = {}
        self.threads: list[ThreadPoolExecutor] = []
        self.outside = ""  # its address for a driver on no machine of the cluster

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self, name: str, env: dict[str, str] | None = None, before: Callable[[], None] | None = None,
            address: str = "") -> None:  # fmt: skip
        """From a thread that stays, as a raylet dies with the thread that has started it; `before` is done in it."""
        more: dict[str, Any] = {"env_vars": env} if env else {}
        more |= {"node_ip_address": address} if address else {}
        self.threads.append(ThreadPoolExecutor(1, initializer=before))
        start = partial(self.cluster.add_node, num_cpus=1, node_name=name, object_store_memory=STORE_BYTES, **more)
        self.nodes[name] = self.threads[-1].submit(start).result()

    def remove(self, name: str) -> None:
        """As a machine that loses its power."""
        self.cluster.remove_node(self.nodes.pop(name), allow_graceful=False)

    def run(self, stage: Stage, run_dir: Path, timeout: float = 60.0, **wanted: Any) -> Summary:
        self.said = []
        with Store.open(run_dir) as store, joined(self.connection, store, self.said.append, **wanted) as members:
            return run_stage(stage, store, RayEngine(lambda: members, Supplies(store), timeout))

    @property
    def connection(self) -> connect.Cluster:
        import ray

        return connect.Cluster(ray) if ray.is_initialized() else connect.connect(self.address)


@contextmanager
def joined(cluster: connect.Cluster, store: Store, say: Callable[[str], None], **wanted: Any) -> Iterator[Members]:
    members = Members(cluster, Wanted(**{"versions": versions(), **wanted}), roster.Roster(store.run_dir), say)
    try:
        yield members
    finally:
        members.close()


@contextmanager
def raylets(folder: Path, *names: str, client_port: int | None = None) -> Iterator[Raylets]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # a machine must have what is to be run
        patch.setenv("RAY_memory_monitor_refresh_ms", "0")
        patch.setenv("TRITON_DATA_NODE_DIR", str(folder))
        patch.setattr("ray._private.utils.set_sigterm_handler", lambda handler: None)  # nodes are added in threads
        made = Raylets(client_port)
        try:
            for name in names:
                made.add(name)
            yield made
        finally:
            made.connection.close()
            made.cluster.shutdown()


def content(run_dir: Path) -> dict[str, list[Any]]:
    """All that a run says, without times and pids."""
    with Store.read(run_dir) as store:
        return {
            "kernels": store.db.execute("SELECT name, text, stars FROM kernels ORDER BY 1").fetchall(),
            "outcomes": store.db.execute("SELECT item, status, reason FROM outcomes ORDER BY 1").fetchall(),
            "products": store.db.execute("SELECT item, kind, key FROM products ORDER BY 1, 2, 3").fetchall(),
            "also_seen": store.db.execute("SELECT * FROM also_seen").fetchall(),
        }


def whole(run_dir: Path, items: int, **dropped: int) -> None:
    """Nothing lost, nothing twice."""
    found = content(run_dir)
    reasons = Counter(reason for _, _, reason in found["outcomes"] if reason)
    assert len(found["outcomes"]) == items and reasons == dropped
    assert len(found["kernels"]) == len(found["products"]) == items - sum(dropped.values())
    assert found["also_seen"] == [], "a record was made twice"


def meanwhile(step: Callable[[], None], after: Callable[[], bool]) -> threading.Thread:
    """Something that happens while a run goes on, once it has got so far."""

    def wait() -> None:
        deadline = time.monotonic() + 60
        while not after() and time.monotonic() < deadline:
            time.sleep(0.02)
        step()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def rows(run_dir: Path) -> dict[str, dict[str, Any]]:
    return {node["name"]: node for node in roster.read(run_dir).get("nodes", [])}


def main() -> None:
    address, run_dir, items, pause = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    cluster = connect.connect(address)
    with Store.open(run_dir) as store, joined(cluster, store, print) as members:
        run_stage(Numbered(items, {}, pause=pause), store, RayEngine(lambda: members, Supplies(store)))
    cluster.close()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
