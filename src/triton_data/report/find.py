"""What people mean with a word: the beginning of any id, a class, a kernel, a path, a reason.

In: a run and the word. Out: what it may stand for, each once; a verdict, a label or a decision stands for what it is
about. Not covered: what became of it (story.py).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.errors import Misuse
from triton_data.records import (
    FRAGMENT,
    Candidate,
    Capture,
    Decision,
    Kernel,
    Label,
    Pair,
    Program,
    Record,
    SourceFile,
    Trace,
    Verdict,
)
from triton_data.store import Store, lookup
from triton_data.store.reading import Dropped

SHORTEST_ID = 4
SUBJECTS: tuple[type[Record], ...] = (Pair, Program, Kernel)  # what a label or a decision may be about
Thing = Program | Kernel | Pair | Capture | SourceFile | Candidate | Dropped


@dataclass(frozen=True)
class Reason:
    reason: str
    stages: tuple[tuple[str, int], ...]


def find(store: Store, word: str) -> list[Thing | Reason]:
    """All that the word may mean; a Misuse with near names where that is nothing."""
    if not word:
        raise Misuse("explain what? Give an id or its beginning, a path, a reason or the name of a class or kernel")
    found = _without_captures(list(dict.fromkeys(_found(store, word))))
    if not found:
        raise Misuse(
            f"nothing in {store.run_dir} has an id, a path, a reason or a name like {word!r}{_near(store, word)}"
        )
    return found


def _without_captures(found: list[Thing | Reason]) -> list[Thing | Reason]:
    """A capture is called like the program that it was made of, and is told with it."""
    programs = {each.key for each in found if isinstance(each, Program)}
    return [each for each in found if not isinstance(each, Capture) or each.program not in programs]


def _found(store: Store, word: str) -> Iterator[Thing | Reason]:
    if re.fullmatch(rf"[0-9a-f]{{{SHORTEST_ID},32}}", word):
        for kind, key in lookup.by_id(store, word):
            yield from _thing(store, kind, key)
        for each in store.dropped():  # a repository that never came in is an item and no record
            if not each.part and each.item.startswith(word) and store.origin_of(each.item.partition(":")[0]) is None:
                yield each
    stages = tuple((stage, number) for (stage, reason), number in lookup.reasons(store).items() if reason == word)
    if stages:
        yield Reason(word, stages)
    for kind, key in lookup.by_name(store, word):
        yield from _thing(store, kind, key)
    for key in lookup.files_at(store, word.removeprefix("./")):
        yield from _thing(store, SourceFile, key)
    yield from (
        each for each in lookup.dropped_parts(store, word) if each.part == word or not each.part.startswith(word)
    )


def _thing(store: Store, kind: type[Record], key: str) -> Iterator[Thing]:
    """The record, or what it is about."""
    found = store.first(kind, "key = ?", key)
    if isinstance(found, Program | Kernel | Pair | Capture | SourceFile | Candidate):
        yield found
    elif isinstance(found, Trace):
        yield from _thing(store, Program, found.program)
    elif isinstance(found, Verdict | Label | Decision):
        for each in SUBJECTS:
            yield from _thing(store, each, found.subject)


def _near(store: Store, word: str) -> str:
    names = sorted(set(lookup.names(store)))
    small = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), small, n=3, cutoff=0.6)
    inside = [name for low, name in small.items() if word.lower() in low][:3]
    words = list(dict.fromkeys([small[name] for name in near] + inside))[:4]
    return f" (did you mean {', '.join(map(repr, words))}?)" if words else ""


def in_a_line(thing: Thing | Reason) -> dict[str, str]:
    """What one of several matches is: its kind, its id, its name, and where it is from."""
    if isinstance(thing, Reason):
        return {
            "kind": "reason",
            "id": thing.reason,
            "name": "",
            "where": ", ".join(f"{n} in {s}" for s, n in thing.stages),
        }
    if isinstance(thing, Dropped):
        return {"kind": "drop", "id": thing.part or thing.item, "name": thing.reason, "where": thing.stage}
    kind, name = kind_and_name(thing)
    origin = thing.origin
    where = "/".join(filter(None, (origin.repo, origin.path))) + (f":{origin.line_start}" if origin.line_start else "")
    return {"kind": kind, "id": thing.key, "name": name, "where": where}


def kind_and_name(thing: Program | Kernel | Pair | Capture | SourceFile | Candidate) -> tuple[str, str]:
    if isinstance(thing, SourceFile):
        return "file", thing.origin.path
    if isinstance(thing, Candidate):
        return "candidate", thing.address
    if isinstance(thing, Kernel):
        return "kernel", thing.name
    if isinstance(thing, Program):
        return ("kernel of a program" if thing.inputs_from == FRAGMENT else "program"), thing.entry
    if isinstance(thing, Capture):
        return f"capture for {thing.target}, {thing.mode}", thing.entry
    return "pair", thing.entry
