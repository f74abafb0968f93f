"""Who has which item: leases with a deadline. No Ray in here, no clock and no network: all of it can be tested alone.

In: an iterator of items, and what nodes report. Out: what to give to a node, and outcomes, each item's once. An item
comes back when its node is gone, when its deadline has passed, or when it is taken from a node that is slow; whichever
answer comes first is the one that counts. An item that has killed its worker twice, or crashed a node three times, is a
Drop. What was on a node that crashed is tried again one at a time on each node, so that its neighbours are not blamed;
that a machine was taken away is nobody's fault, ten times over.
Not covered: when to ask (engine.py), what travels with an item (supplies.py).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from triton_data.records import Drop, Outcome
from triton_data.running.engine.pool import WORKER_DIED

WORKER_DEATHS = 2
NODE_CRASHES, MACHINES_GONE = 3, 10
NODE_DIED = "node_died"
NOT_HERE = "no_node"  # every node has declined it


@dataclass
class Lease:
    item: Any
    node: str = ""  # who has it; '' for nobody
    deadline: float = 0.0
    worker_deaths: int = 0
    crashes: int = 0  # of nodes that had it
    gone: int = 0  # machines that had it
    declined: dict[str, str] = field(default_factory=dict)  # node: why

    @property
    def key(self) -> str:
        return str(self.item.key)

    @property
    def suspect(self) -> bool:
        """No two of these on one node."""
        return self.crashes > 0 or self.gone > 1


class Leases:
    def __init__(self, items: Iterator[Any], seconds: float) -> None:
        self.items, self.seconds = items, seconds
        self.exhausted = self.stopped = False
        self.waiting: deque[Lease] = deque()  # came back
        self.out: dict[str, Lease] = {}  # by key: leased, or come back
        self.held: defaultdict[str, dict[str, Lease]] = defaultdict(dict)  # by node and key: leased

    @property
    def open(self) -> bool:
        return bool(self.out) or not self.exhausted

    def of(self, node: str) -> list[Lease]:
        """What a node has, the oldest first."""
        return list(self.held[node].values())

    # ---- giving ------------------------------------------------------------------------------------------

    def take(self, node: str, room: int, now: float) -> list[Lease]:
        """Up to `room` items for a node; what came back goes first."""
        taken: list[Lease] = []
        suspect = any(lease.suspect for lease in self.held[node].values())
        for _ in range(len(self.waiting)):
            lease = self.waiting.popleft()
            if self.out.get(lease.key) is not lease or lease.node:  # answered meanwhile, or waiting twice
                continue
            if len(taken) < room and node not in lease.declined and not (suspect and lease.suspect):
                suspect = suspect or lease.suspect
                taken.append(self._given(lease, node, now))
            else:
                self.waiting.append(lease)
        while len(taken) < room and (fresh := self._next()):
            taken.append(self._given(fresh, node, now))
        return taken

    def _given(self, lease: Lease, node: str, now: float) -> Lease:
        lease.node, lease.deadline = node, now + self.seconds
        self.held[node][lease.key] = lease
        return lease

    def _next(self) -> Lease | None:
        while not self.exhausted:
            item = next(self.items, None)
            if item is None:
                self.exhausted = True
            elif item.key not in self.out:  # the same item twice in one todo
                self.out[item.key] = lease = Lease(item)
                return lease
        return None

    # ---- taking back -------------------------------------------------------------------------------------

    def settle(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """Those that count: the first answer to each item, but for the first death of a worker."""
        settled = []
        for outcome in outcomes:
            lease = self.out.get(outcome.item)
            if lease is None:
                continue
            if _died(outcome):
                lease.worker_deaths += 1
                if lease.worker_deaths < WORKER_DEATHS:
                    self._back(lease)
                    continue
                drop = replace(outcome.drops[0], detail=f"{lease.worker_deaths} times; {outcome.drops[0].detail}")
                outcome = replace(outcome, drops=(drop,))
            settled.append(outcome)
            self._forget(lease)
        return settled

    def returned(self, node: str, keys: Iterable[str]) -> None:
        for key in keys:
            if (lease := self.out.get(key)) and lease.node == node:
                self._back(lease)

    def declined(self, node: str, why: dict[str, str], nodes: Collection[str]) -> list[Outcome]:
        """A Drop where no node is left that has not declined it."""
        ended = []
        for key, reason in why.items():
            if (lease := self.out.get(key)) and lease.node == node:
                lease.declined[node] = reason
                if set(nodes) <= set(lease.declined):
                    ended.append(self._end(lease, Drop(NOT_HERE, reason)))
                else:
                    self._back(lease)
        return ended

    def count(self, node: str) -> int:
        return len(self.held[node])

    def lost(self, node: str, *, crashed: bool) -> list[Outcome]:
        """The node is gone. Where it crashed under its items and the machine is still there, these are suspects."""
        ended = []
        for lease in self.of(node):
            lease.crashes, lease.gone = lease.crashes + crashed, lease.gone + (not crashed)
            if lease.crashes >= NODE_CRASHES or lease.gone >= MACHINES_GONE:
                ended.append(self._end(lease, Drop(NODE_DIED, f"{lease.crashes} crashed, {lease.gone} gone")))
            else:
                self._back(lease)
        return ended

    def overdue(self, now: float) -> dict[str, set[str]]:
        """node: keys whose deadline has passed; others may have them now."""
        late: dict[str, set[str]] = {}
        for lease in self.out.values():
            if lease.node and lease.deadline < now:
                late.setdefault(lease.node, set()).add(lease.key)
        for node, keys in late.items():
            self.returned(node, keys)
        return late

    def stop(self) -> None:
        """No new items, and what came back stays undone: the same command does it."""
        self.exhausted = self.stopped = True
        for lease in [lease for lease in self.out.values() if not lease.node]:
            self._forget(lease)
        self.waiting.clear()

    def _back(self, lease: Lease) -> None:
        self.held[lease.node].pop(lease.key, None)
        lease.node = ""
        if self.stopped:
            self._forget(lease)
        else:
            self.waiting.append(lease)

    def _end(self, lease: Lease, drop: Drop) -> Outcome:
        self._forget(lease)
        return Outcome(lease.key, (), (drop,))

    def _forget(self, lease: Lease) -> None:
        self.held[lease.node].pop(lease.key, None)
        self.out.pop(lease.key, None)


def _died(outcome: Outcome) -> bool:
    return bool(outcome.drops) and outcome.drops[0].reason == WORKER_DIED and not outcome.drops[0].part
