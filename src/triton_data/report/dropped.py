"""What was dropped and why: a row a drop with what it was and its message, and what would help most.

In: a run. Out: plain dictionaries and lines. Messages are foreign text, and are shown by others (commands/, page.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from triton_data.errors import Misuse, closest
from triton_data.store import Store
from triton_data.store.reading import Dropped

NEEDS = "needs:"
WORTH = 8  # lines of advice; the rest is rare
ADVICE = {  # (stage, '' for any; reason): what could be done about it
    ("", "too_large"): "more than a task may have; a GPU machine or a smaller config of the model could take them",
    ("", "timeout"): "give the stage more time: `timeout` in its section of the config",
    ("", "unreachable"): "the same command asks again",
    ("", "deferred"): "the host asked to wait: the same command goes on when it is time",
    ("", "worker_died"): "the worker was killed, most often for memory: try --jobs 1 on what is listed",
    (
        "extract",
        "no_inputs",
    ): "nothing shows how to call them: name a model with --llm-model, or give inputs with given:PATH",
    ("extract", "construct_failed"): "the message says what their constructor lacked, often a file or a config",
    ("extract", "needs_gpu"): "they run on a GPU only: extract on a machine that has one",
    (
        "capture",
        "lowering",
    ): "try one alone with the command that `triton-data explain` prints: it may be a bug of Inductor",
    ("rewrite", "graph_breaks"): "several graphs: a program without prints and data-dependent branches would be one",
}


def rows(store: Store, reason: str) -> Iterator[dict[str, Any]]:
    known = by_reason(store)
    if reason and reason not in known:
        raise Misuse(f"nothing was dropped for {reason!r}{closest(reason, known)}")
    for each in store.dropped(reason):
        yield described(store, each)


def by_reason(store: Store) -> Counter[str]:
    counts = Counter[str]()
    for (_, reason), number in _by_stage(store).items():
        counts[reason] += number
    return counts


def _by_stage(store: Store) -> Counter[tuple[str, str]]:
    counts = Counter[tuple[str, str]]()
    for stage, _, status, reason, number, _ in store.outcome_counts():
        counts[stage, reason] += number if status == "dropped" else 0
    return +counts


def described(store: Store, each: Dropped) -> dict[str, Any]:
    return {**each._asdict(), **_place(store, each)}


def _place(store: Store, each: Dropped) -> dict[str, str]:
    known = store.origin_of(each.item.partition(":")[0])
    if known is None:
        return {"what": each.part or each.item[:12]}
    name, origin = known
    where = "/".join(filter(None, (origin.repo, origin.path)))
    return {"what": each.part or name, "where": f"{where}:{origin.line_start}" if origin.line_start else where}


def advice(store: Store) -> list[str]:
    """What would help most, the most frequent first."""
    found: list[tuple[int, str]] = []
    for (stage, reason), number in _by_stage(store).items():
        if reason.startswith(NEEDS):
            package = reason.removeprefix(NEEDS)
            things = "class needs" if number == 1 else "classes need"
            found.append((number, f"{number} {things} {package}: install it, and extract again"))
        elif words := ADVICE.get((stage, reason)) or ADVICE.get(("", reason)):
            found.append((number, f"{number} {reason.replace('_', ' ')} in {stage}: {words}"))
    ordered = sorted(found, key=lambda each: (-each[0], each[1]))
    return [line for _, line in ordered[:WORTH]]
