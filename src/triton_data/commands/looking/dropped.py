"""What was dropped and why, as lines for a terminal: `triton-data status --dropped`.

In: rows of report/dropped.py. Out: a line a drop. Messages are foreign text.
"""

from __future__ import annotations

from typing import Any


def line(row: dict[str, Any]) -> str:
    words = (row["stage"], row["reason"], row["what"], row.get("where", ""), " ".join(row["detail"].split()))
    return printable("  ".join(filter(None, words)))


def printable(text: str) -> str:
    """A message may hold whatever foreign code raised: nothing in it may steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
