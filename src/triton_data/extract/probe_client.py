"""The probe that extraction hands its foreign code to: one jailed child a request.

In: a request of wire.py. Out: the answer, or a `Failure` that says what became of the child instead.
Not covered: what the child does with it (jailed/probe.py).
"""

from __future__ import annotations

from dataclasses import replace

from triton_data.extract.limits import GRACE, PATIENCE
from triton_data.extract.wire import A, FailedAt, Failure, Reply, Request, reply_from, request_json
from triton_data.extract.wire_json import Unreadable
from triton_data.jail import RUN, Jail, Outcome, Task


class JailProbe:
    def __init__(self, jail: Jail, packages: str = "") -> None:
        self.jail, self.packages = jail, packages

    def __call__(self, request: Request[A]) -> Reply[A]:
        seconds = request.seconds + GRACE
        policy = replace(RUN, wall_s=PATIENCE * seconds, cpu_s=2 * int(seconds), packages=self.packages)
        task = Task(entry="triton_data.extract.jailed.probe:probe", payload=request_json(request))
        outcome = self.jail.run(task, policy)
        if not outcome.ok:
            at = FailedAt.TIMEOUT if outcome.status == "timeout" else FailedAt.WORKER_DIED
            return _failed(outcome, at, outcome.reason)
        try:
            return reply_from(request, outcome.value, outcome.facts.layers)
        except Unreadable as error:
            return _failed(outcome, FailedAt.WORKER_DIED, f"unreadable answer: {error}")


def _failed(outcome: Outcome, at: FailedAt, error: str) -> Reply[A]:
    return Reply(Failure(at, error), outcome.facts.wall_s)
