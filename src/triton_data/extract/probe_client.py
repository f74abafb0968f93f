"""The probe that extraction hands its foreign code to: one jailed child a call.

In: a payload of jailed/probe.py. Out: its facts, or what became of the child instead, in the same words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from triton_data.extract.limits import CHECK_SECONDS, GRACE, PATIENCE
from triton_data.jail import RUN, Jail, Outcome, Task


class JailProbe:
    def __init__(self, jail: Jail) -> None:
        self.jail = jail

    def __call__(self, payload: dict[str, Any]) -> dict[str, Any]:
        seconds = float(payload.get("seconds", CHECK_SECONDS)) + GRACE
        policy = replace(RUN, wall_s=PATIENCE * seconds, cpu_s=2 * int(seconds))
        outcome = self.jail.run(Task(entry="triton_data.extract.jailed.probe:probe", payload=payload), policy)
        if outcome.ok and isinstance(outcome.value, dict):
            return {**outcome.value, "layers": list(outcome.facts.layers)}
        return {"ok": False, "stage": _stage(outcome), "error": outcome.reason, "seconds": outcome.facts.wall_s}


def _stage(outcome: Outcome) -> str:
    return "timeout" if outcome.status == "timeout" else "worker_died"
