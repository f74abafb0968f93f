"""What was dropped and why, for people: `triton-data status --dropped`.

In: a run. Out: a row a drop, with what it was and its message; and what would help most. Messages are foreign text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from triton_data.errors import Misuse, closest
from triton_data.store import Store
from triton_data.store.reading import Dropped

NEEDS = "needs:"
ADVICE = {
    "too_large": "they need more memory than a task may have",
    "timeout": "raise the stage's timeout in the config",
    "unreachable": "the same command asks again",
}


def rows(store: Store, reason: str) -> Iterator[dict[str, Any]]:
    known = _by_reason(store)
    if reason and reason not in known:
        raise Misuse(f"nothing was dropped for {reason!r}{closest(reason, known)}")
    for each in store.dropped(reason):
        yield {**each._asdict(), **_place(store, each)}


def _by_reason(store: Store) -> Counter[str]:
    counts = Counter[str]()
    for _, _, status, reason, number, _ in store.outcome_counts():
        counts[reason] += number if status == "dropped" else 0
    return +counts


def _place(store: Store, each: Dropped) -> dict[str, str]:
    known = store.origin_of(each.item.partition(":")[0])
    if known is None:
        return {"what": each.part or each.item[:12]}
    name, origin = known
    where = "/".join(filter(None, (origin.repo, origin.path)))
    return {"what": each.part or name, "where": f"{where}:{origin.line_start}" if origin.line_start else where}


def line(row: dict[str, Any]) -> str:
    words = (row["stage"], row["reason"], row["what"], row.get("where", ""), " ".join(row["detail"].split()))
    return printable("  ".join(filter(None, words)))


def printable(text: str) -> str:
    """A message may hold whatever foreign code raised: nothing in it may steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def advice(store: Store) -> list[str]:
    """What would help most, the most frequent first."""
    counts = _by_reason(store)
    needed = [(number, reason.removeprefix(NEEDS)) for reason, number in counts.items() if reason.startswith(NEEDS)]
    lines = [f"{number} need {package}: install it, and extract again" for number, package in sorted(needed)[:-6:-1]]
    return lines + [f"{counts[reason]} {reason}: {words}" for reason, words in ADVICE.items() if counts[reason]]
