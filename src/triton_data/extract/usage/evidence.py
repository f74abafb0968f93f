"""Names inside evidence, marked where an argument is made of a class: its home, or as a file calls it.

Enters: one entry of evidence (jailed/observe/observe.py). Leaves: the same entry with other names, or the classes
that it refers to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from triton_data.extract.closure.closure import Closed
from triton_data.extract.programs.program_text import MARK

Facts = dict[str, Any]
Key = tuple[str, str]


def mapped(entry: Facts, rename: Callable[[str], str]) -> Facts:
    """The same evidence with every marked name replaced."""

    def one(text: str) -> str:
        return MARK.sub(lambda found: f"⟦{rename(found[1])}⟧", text)

    calls = [
        {"args": [one(a) for a in call["args"]], "kwargs": {k: one(v) for k, v in call["kwargs"].items()}}
        for call in entry["calls"]
    ]
    init_kw = {key: one(value) for key, value in entry["init_kw"].items()}
    return {**entry, "init": [one(a) for a in entry["init"]], "init_kw": init_kw, "calls": calls}


def references(entry: Facts) -> set[Key]:
    found = MARK.findall(repr((entry["init"], entry["init_kw"], entry["calls"])))
    pairs = (name.partition("::") for name in found if "::" in name)
    return {(path, name) for path, _, name in pairs}


def local(name: str, closed: Closed) -> str:
    path, _, inner = name.partition("::")
    return closed.homes.get((path, inner), inner or path)
