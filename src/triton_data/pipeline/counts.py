"""The funnel of a run: what happened to every item, counted.

In: a store. Out: a plain dictionary, as `status --json` prints it.
"""

from __future__ import annotations

import json
from typing import Any

from triton_data.pipeline.plan import plan
from triton_data.pipeline.settings import as_curated
from triton_data.report.funnel import of_kernels
from triton_data.running.engine.cluster import roster
from triton_data.store import Store


def funnel(store: Store) -> dict[str, Any]:
    """Per stage: done, pending, dropped by reason, records made, seconds of work and how many an item took."""
    stages: dict[str, dict[str, Any]] = {}

    def of(name: str) -> dict[str, Any]:
        return stages.setdefault(
            name, {"done": 0, "pending": 0, "dropped": {}, "records": {}, "seconds": 0.0, "seconds_per_item": None}
        )

    for planned in plan(as_curated(store)):
        of(planned.stage.name)["pending"] = planned.stage.count(store)
    ended: dict[str, int] = {}
    for name, what, status, reason, number, seconds in store.outcome_counts():
        row = of(name)
        row["seconds"] = round(row["seconds"] + seconds, 3)
        if what == "item":
            ended[name] = ended.get(name, 0) + number
        if status == "done":
            row["done"] += number
        else:
            row["dropped"][reason] = row["dropped"].get(reason, 0) + number
    for name, kind, number in store.product_counts():
        of(name)["records"][kind] = number
    for name, number in ended.items():  # not by the clock: other stages, and a night, may lie between two items
        of(name)["seconds_per_item"] = round(stages[name]["seconds"] / number, 3)
    return {
        "run_dir": str(store.run_dir),
        "config": json.loads(store.meta("config") or "{}"),
        "stages": stages,
        "kernels": dict(of_kernels(store)),
        **({"nodes": nodes["nodes"]} if (nodes := roster.read(store.run_dir)) else {}),
    }
