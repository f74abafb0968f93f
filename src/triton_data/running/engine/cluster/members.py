"""The nodes of a cluster as the driver knows them: who has joined, what each was asked last, who is refused or gone.

In: what the cluster says of its machines, and answers of nodes. Out: nodes that wait for orders. A node joins when it
is seen, is refused with one line when it cannot do what is asked, and is started again when it dies. One that gives no
sign of life is taken for dead. Not covered: items (leases.py).
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from triton_data.errors import Misuse
from triton_data.running.engine.cluster.connect import Found, Gone
from triton_data.running.engine.cluster.messages import Described, Opened, Opening, Report, Versions
from triton_data.running.engine.cluster.roster import Roster, Row, moment

LOOK_SECONDS = 1.0  # between looks at who is there
ANSWER_SECONDS = 1.0  # a node answers after so long, whether it has news or not
AGAIN_SECONDS = 3.0  # after a death: by then it is known whether the machine is still there
STARTS = 3  # in a row that end before a node has worked
STARTING, IDLE, OPENING, WORKING, REFUSED, GONE = "starting", "idle", "opening", "working", "refused", "gone"
LEFT = "left"  # the driver has gone home


class Machines(Protocol):
    """What connect.Cluster is."""

    def nodes(self) -> dict[str, Found]: ...
    def start(self, node: Found, jobs: int, preload: Sequence[str], worker_bytes: int) -> Any: ...
    def ready(self, refs: Sequence[Any], seconds: float) -> list[Any]: ...
    def get(self, ref: Any) -> bytes: ...
    def kill(self, actor: Any) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """Of each node."""

    versions: Versions
    jobs: int = 0  # workers; 0: as many as it has CPUs
    preload: tuple[str, ...] = ()
    worker_bytes: int = 0
    silence: float = 60.0  # seconds without an answer
    opening: float = 600.0  # seconds to start, and to open a stage


@dataclass
class Member:
    found: Found
    row: Row
    jobs: int
    actor: Any = None
    state: str = STARTING
    ref: Any = None  # of the answer that is awaited
    asked: float = 0.0
    starts: int = 0
    for_good: bool = False  # refused, whatever the stage
    pace: float = 1.0  # smoothed seconds an item
    report: Report = field(default_factory=Report)

    @property
    def id(self) -> str:
        return self.found.id


class Members:
    def __init__(self, machines: Machines, wanted: Wanted, roster: Roster, say: Callable[[str], None]) -> None:
        self.machines, self.wanted, self.roster, self.say = machines, wanted, roster, say
        self.all: dict[str, Member] = {}
        self.opening = b""
        self.stage = ""
        self.number = self.workers = 0
        self._looked = float("-inf")

    def begin(self, opening: Opening, workers: int) -> None:
        """A stage with work for so many workers: opening takes a node seconds, so no more are opened than they need."""
        self.number, self.workers = self.number + 1, workers
        self.opening, self.stage = pickle.dumps(replace(opening, number=self.number)), opening.stage
        for member in self.all.values():
            if member.state in (OPENING, WORKING) or (member.state == REFUSED and not member.for_good):
                member.state = member.row.state = IDLE
        self._open_enough()

    def _open_enough(self) -> None:
        there = sum(member.jobs for member in self.all.values() if member.state in (OPENING, WORKING))
        for member in self.all.values():
            if there < self.workers and member.state == IDLE and member.ref is None:
                self._ask(member, OPENING, member.actor.open.remote(self.opening))
                there += member.jobs

    def working(self) -> list[Member]:
        return [member for member in self.all.values() if member.state == WORKING]

    def names(self) -> list[str]:
        """Of nodes that may still do something."""
        return [member.id for member in self.all.values() if member.state not in (REFUSED, GONE)]

    # ---- who is there ------------------------------------------------------------------------------------

    def look(self, now: float) -> list[tuple[str, bool]]:
        """Let in who is new; (node, crashed) of those that are gone."""
        if now - self._looked < LOOK_SECONDS:
            return []
        self._looked = now
        there = self.machines.nodes()
        for found in there.values():
            known = self.all.get(found.id)
            if known is None or (known.state == GONE and now - known.asked > AGAIN_SECONDS):
                self._start(found)
        lost = [self._lose(member, "its machine is gone") for member in self.all.values()
                if member.id not in there and member.state != GONE]  # fmt: skip
        lost += [
            self._lose(member, "it gives no sign of life") for member in self.all.values() if self._silent(member, now)
        ]
        self._open_enough()
        self.roster.write(self.stage)
        self._refuse_all_refused()
        return [(member.id, False) for member in lost]

    def _start(self, found: Found) -> None:
        known = self.all.get(found.id)
        jobs = self.wanted.jobs or found.cpus
        name = found.name if known or found.name not in self.roster.rows else f"{found.name}-{found.id[:6]}"
        row = known.row if known else Row(name, found.address, workers=jobs)
        member = Member(found, row, jobs, starts=known.starts + 1 if known else 1)
        self.all[found.id] = member
        self.roster.rows[row.name] = row
        if member.starts > STARTS:
            self._refuse(member, f"it died {STARTS} times: {row.said}", for_good=True)
            return
        member.actor = self.machines.start(found, jobs, self.wanted.preload, self.wanted.worker_bytes)
        self._ask(member, STARTING, member.actor.describe.remote())

    def _silent(self, member: Member, now: float) -> bool:
        limit = ANSWER_SECONDS + self.wanted.silence if member.state == WORKING else self.wanted.opening
        waiting = member.state == STARTING  # for CPUs that somebody else has: that is no fault
        return member.ref is not None and not waiting and now - member.asked > limit

    def _refuse_all_refused(self) -> None:
        if self.all and all(member.state == REFUSED for member in self.all.values() if member.state != GONE):
            refused = [member for member in self.all.values() if member.state == REFUSED]
            if refused:
                names = "; ".join(f"{member.row.name}: {member.row.said}" for member in refused[:3])
                raise Misuse(f"no node of the cluster can do {self.stage}: {names}")

    # ---- what they say -----------------------------------------------------------------------------------

    def answers(self, seconds: float) -> Iterator[tuple[Member, Report | Gone]]:
        """Reports of nodes that work, and who died; what concerns starting and opening is seen to here."""
        by_ref = {member.ref: member for member in self.all.values() if member.ref is not None}
        if not by_ref:
            time.sleep(seconds)
            return
        for ref in self.machines.ready(list(by_ref), seconds):
            member = by_ref[ref]
            member.ref = None
            try:
                said = pickle.loads(self.machines.get(ref))
            except Gone as gone:
                self._lose(member, str(gone))
                yield member, gone
                continue
            member.row.seen = moment()
            if isinstance(said, Described):
                self._described(member, said)
            elif isinstance(said, Opened):
                self._opened(member, said)
            elif member.state == WORKING:
                yield member, self._reported(member, said)
        self._open_enough()

    def _described(self, member: Member, said: Described) -> None:
        member.row.host, member.row.pid = said.host, said.pid
        if unlike := self.wanted.versions.differences(said.versions):
            self._refuse(member, f"it has {unlike}", for_good=True)
        else:
            member.state = member.row.state = IDLE

    def _opened(self, member: Member, said: Opened) -> None:
        if said.number != self.number:  # of a stage that ended without this node: it is idle
            return
        if said.refused:
            self._refuse(member, said.refused)
            return
        member.state = member.row.state = WORKING
        self.say(f"node {member.row.name} ({member.found.address}) does {self.stage} with {member.jobs} workers")

    def _reported(self, member: Member, report: Report) -> Report:
        member.report, row = report, member.row
        for outcome in report.outcomes:
            member.pace = 0.8 * member.pace + 0.2 * outcome.seconds
            row.seconds += outcome.seconds
        row.running, row.queued, member.starts = len(report.running), report.queued, 0
        self.roster.log(row.name, report.log)
        if report.broken:
            self._refuse(member, report.broken)
        return report

    # ---- steps -------------------------------------------------------------------------------------------

    def order(self, member: Member, orders: bytes) -> None:
        self._ask(member, WORKING, member.actor.exchange.remote(orders, ANSWER_SECONDS))

    def _ask(self, member: Member, state: str, ref: Any) -> None:
        member.state = member.row.state = state
        member.ref, member.asked = ref, time.monotonic()

    def _refuse(self, member: Member, why: str, *, for_good: bool = False) -> None:
        member.state = member.row.state = REFUSED
        member.row.said, member.for_good = why, for_good
        self.say(f"node {member.row.name} ({member.found.address}) is left out: {why}")

    def _lose(self, member: Member, why: str) -> Member:
        if member.actor is not None:
            self.machines.kill(member.actor)
        member.ref, member.asked = None, time.monotonic()
        member.state = member.row.state = GONE
        member.row.said, member.row.running, member.row.queued = why, 0, 0
        self.say(f"node {member.row.name} ({member.found.address}) is gone: {why}")
        return member

    def close(self) -> None:
        for member in self.all.values():
            if member.actor is not None and member.state != GONE:
                self.machines.kill(member.actor)
                if member.state != REFUSED:
                    member.row.state, member.row.running, member.row.queued = LEFT, 0, 0
        if self.stage:
            self.roster.write(self.stage)
