"""The engine `ray`: a stage's items over the nodes of a cluster. The driver alone pulls items and sees outcomes.

In: a stage and an iterator of items. Out: outcomes in the order they come, each item's once. Items are pulled as nodes
have room, about a second of work ahead; when there are no more, what has not begun on a busy node goes to an idle one.
Nodes join and leave meanwhile. Not covered: who has what (leases.py), who is there (members.py).
"""

from __future__ import annotations

import math
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from triton_data.errors import Misuse
from triton_data.records import Outcome
from triton_data.running.engine.cluster.connect import Gone
from triton_data.running.engine.cluster.leases import Leases
from triton_data.running.engine.cluster.members import LOOK_SECONDS, Member, Members
from triton_data.running.engine.cluster.messages import Opening, Orders, Report
from triton_data.running.engine.cluster.supplies import Supplies
from triton_data.running.engine.pool import WORKER_DIED
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Work

TICK_SECONDS = 0.2
AHEAD_SECONDS, AHEAD_ITEMS = 1.0, 64  # what a worker has before it, at most
LONG_SECONDS = 5.0  # of items as long as this, none is sent ahead
MANY = 100  # with fewer items, no more nodes are opened than they need
LEASE_GRACE = 120.0  # seconds over what two items may take: one that is being done, and ours

Make = Callable[[Path], Work]  # the work, for a node's folder


def as_it_is(work: Work, folder: Path) -> Work:
    return work


@dataclass
class RayEngine:
    members: Callable[[], Members]  # connects when there is something to do
    supplies: Supplies
    timeout: float = 600.0
    make: Make | None = None  # none: the work itself, which knows no folder
    lease: float | None = None  # seconds

    def resources(self, work: Work) -> AbstractContextManager[object]:
        return nullcontext()  # each node opens its own

    def run(self, work: Work, items: Iterator[Any], interrupt: Interrupt) -> Iterator[list[Outcome]]:
        first = list(islice(items, MANY))
        if not first:
            return
        leases = Leases(chain(first, items), self.lease or 2 * self.timeout + LEASE_GRACE)
        members = self.members()
        opening = Opening(work.name, pickle.dumps(self.make or partial(as_it_is, work)), self.timeout)
        members.begin(opening, len(first) if len(first) < MANY else sys.maxsize)
        try:
            yield from _Loop(members, leases, self.supplies, interrupt).outcomes()
        except ConnectionError as error:  # with ray:// the line may be cut while the machines go on
            raise Misuse(f"the cluster does not answer any more ({error}): the same command goes on") from error


class _Loop:
    def __init__(self, members: Members, leases: Leases, supplies: Supplies, interrupt: Interrupt) -> None:
        self.members, self.leases, self.supplies, self.interrupt = members, leases, supplies, interrupt
        self.withdrawn: dict[str, set[str]] = {}  # node: keys that it is to give back
        self.looked = 0.0

    def outcomes(self) -> Iterator[list[Outcome]]:
        while self.leases.open:
            now = time.monotonic()
            found: list[Outcome] = []
            if self.interrupt.asked and not self.leases.stopped:
                self.leases.stop()
            for node, crashed in self.members.look(now):
                found += self.leases.lost(node, crashed=crashed)
            if now - self.looked > LOOK_SECONDS:
                self.looked = now
                for node, keys in self.leases.overdue(now).items():
                    self.withdrawn.setdefault(node, set()).update(keys)
            self._share_the_rest()
            for member in self.members.working():
                if member.ref is None:
                    self._order(member, now)
            for member, said in self.members.answers(TICK_SECONDS):
                found += self._heard(member, said)
            yield found

    # ---- giving ------------------------------------------------------------------------------------------

    def _order(self, member: Member, now: float) -> None:
        leases = self.leases.take(member.id, self._room(member), now)
        report, member.report = member.report, Report(running=member.report.running, queued=member.report.queued)
        orders = Orders(
            tuple(self.supplies.pack(lease.item) for lease in leases),
            frozenset(self.withdrawn.pop(member.id, ())),
            self.supplies.blobs(report.missing_blobs),
            self.supplies.locks(report.missing_locks),
            self.leases.stopped,
        )
        self.members.order(member, pickle.dumps(orders))

    def _room(self, member: Member) -> int:
        ahead = 0
        if not self.leases.exhausted and member.pace < LONG_SECONDS:
            ahead = min(AHEAD_ITEMS, math.ceil(AHEAD_SECONDS / max(member.pace, 1e-3)))
        return max(member.jobs * (1 + ahead) - self.leases.count(member.id), 0)

    def _share_the_rest(self) -> None:
        """Nothing new is left: what lies unbegun on one node, while workers of others are idle, is asked back."""
        if not self.leases.exhausted or self.leases.stopped or self.leases.waiting:
            return
        idle = sum(self._room(member) for member in self.members.working())
        for member in sorted(self.members.working(), key=lambda each: -each.report.queued):
            if idle <= 0 or member.id in self.withdrawn:
                continue
            unbegun = [lease.key for lease in self.leases.of(member.id) if lease.key not in member.report.running]
            if member.report.queued and (surplus := unbegun[-min(idle, member.report.queued) :]):
                self.withdrawn[member.id] = set(surplus)
                idle -= len(surplus)

    # ---- taking back -------------------------------------------------------------------------------------

    def _heard(self, member: Member, said: Report | Gone) -> list[Outcome]:
        if isinstance(said, Gone):
            self.withdrawn.pop(member.id, None)
            return self.leases.lost(member.id, crashed=said.crashed)
        self.supplies.keep_locks(said.locks)
        settled = self.leases.settle(said.outcomes)
        member.row.done += len(settled)
        member.row.died += sum(_died(outcome) for outcome in said.outcomes)
        self.leases.returned(member.id, said.returned)
        settled += self.leases.declined(member.id, said.declined, self.members.names())
        if said.broken:
            self.leases.returned(member.id, [lease.key for lease in self.leases.of(member.id)])
        return settled


def _died(outcome: Outcome) -> bool:
    return any(drop.reason == WORKER_DIED for drop in outcome.drops)


def say(line: str) -> None:
    tqdm.write(f"ray: {line}", file=sys.stderr)
