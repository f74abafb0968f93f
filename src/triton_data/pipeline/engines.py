"""Which engine does a stage: the pool of this machine, or the nodes of a cluster, joined when it is first needed.

In: a config and a run. Out: an engine for each stage. Not covered: what an engine does (running/engine).
"""

from __future__ import annotations

from functools import partial
from types import TracebackType

from triton_data.config import Config
from triton_data.errors import Misuse, closest
from triton_data.pipeline.plan import LOADED, Planned, work_at
from triton_data.running.engine.cluster.connect import Cluster, connect
from triton_data.running.engine.cluster.engine import RayEngine, say
from triton_data.running.engine.cluster.members import Members, Wanted
from triton_data.running.engine.cluster.node import versions
from triton_data.running.engine.cluster.roster import Roster
from triton_data.running.engine.cluster.supplies import Supplies
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import Engine
from triton_data.store import Store

KINDS = ("local", "ray")


def check(config: Config) -> None:
    kind, address = config.engine.kind, config.engine.address
    if kind not in KINDS:
        raise Misuse(f"unknown [engine] kind {kind!r}{closest(kind, KINDS)}: {' or '.join(KINDS)}")
    if address and kind != "ray":
        raise Misuse('[engine] address is of a Ray cluster: set kind = "ray" as well')


class Engines:
    def __init__(self, config: Config, store: Store) -> None:
        self.config, self.store = config, store
        self._cluster: Cluster | None = None
        self._members: Members | None = None

    def of(self, planned: Planned) -> Engine:
        if self.config.engine.kind == "local" or planned.here:
            return LocalEngine(planned.jobs or self.config.jobs or None, planned.timeout)
        make = partial(work_at, self.config, planned.stage.name)
        return RayEngine(self._joined, Supplies(self.store, planned.reads), planned.timeout, make)

    def _joined(self) -> Members:
        if self._members is None:
            self._cluster = connect(self.config.engine.address, self.config.jobs)
            preload = tuple(module for modules in LOADED.values() for module in modules)
            limit = int(self.config.engine.worker_gib * (1 << 30))
            wanted = Wanted(versions(), self.config.jobs, preload, limit)
            self._members = Members(self._cluster, wanted, Roster(self.store.run_dir), say)
        return self._members

    def __enter__(self) -> Engines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._members is not None:
            self._members.close()
        if self._cluster is not None:
            self._cluster.close()
