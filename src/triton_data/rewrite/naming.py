"""One way to make a name unique."""

from __future__ import annotations

from collections.abc import MutableSet


def fresh(base: str, taken: MutableSet[str], first: int = 2, ending: str = "") -> str:
    """`base`, or `base_2`, `base_3`, ... before the ending, whichever nothing has yet; it is taken from then on."""
    name, n = base + ending, first
    while name in taken:
        name, n = f"{base}_{n}{ending}", n + 1
    taken.add(name)
    return name
