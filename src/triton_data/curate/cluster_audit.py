"""Which merged texts are least like the one that stands for them, and why they were merged: for a person's eye.

In: the store, curated. Out: of each cluster its least alike member, the most doubtful cluster first: the likeness of
both, the reasons that unite them and the hashes behind these. Not covered: benchmarks (summary.py), and whether the
merge was right.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.duplicates.near import jaccard
from triton_data.curate.label import LARGEST
from triton_data.curate.reading.shingles import sketch
from triton_data.curate.rows import WIRED
from triton_data.curate.subjects import subjects
from triton_data.curate.summary import checked, decisions
from triton_data.records import Decision, Label, Trace
from triton_data.store import Store

_BATCH = 1024


@dataclass(frozen=True)
class Side:
    key: str
    repo: str
    path: str
    hashes: dict[str, str]  # tree, closure, parts, graph; what is unknown is not there
    text: str


@dataclass(frozen=True)
class Merged:
    cluster: str
    members: int
    likeness: float  # of the tokens of both
    reasons: tuple[str, ...]  # what both have in common; `through others` where that is nothing
    kept: Side
    other: Side

    def text_for_eye(self, lines: int) -> str:
        head = f"{self.likeness:.2f} alike, {self.members} members, the same {' and '.join(self.reasons)}"
        return "\n".join([head, *_shown("stands for all", self.kept, lines), *_shown("least alike", self.other, lines)])


def _shown(title: str, side: Side, lines: int) -> Iterator[str]:
    yield f"  {title}: {side.key} {side.repo}/{side.path}"
    yield "    " + ", ".join(f"{name} {value}" for name, value in side.hashes.items())
    yield from (f"    | {line}" for line in side.text.splitlines()[:lines])


def least_alike(store: Store, limit: int) -> Iterator[Merged]:
    checked(store)
    found = {each.subject: each for each in decisions(store)}
    members: dict[str, list[str]] = {}
    for each in found.values():
        members.setdefault(each.cluster, []).append(each.subject)
    members = {cluster: sorted(keys) for cluster, keys in members.items() if len(keys) > 1}
    shingles = _shingles(store, {key for keys in members.values() for key in keys})
    scored = (_least(cluster, keys, shingles) for cluster, keys in members.items())
    chosen = heapq.nsmallest(limit, scored)
    wanted = {key for _, cluster, other in chosen for key in (cluster, other)}
    texts = {each.key: each.text for each in subjects(store) if each.key in wanted} if wanted else {}
    for likeness, cluster, other in chosen:
        kept, least = (_side(store, found[key], texts.get(key, "")) for key in (cluster, other))
        yield Merged(cluster, len(members[cluster]), round(likeness, 3), _reasons(kept, least), kept, least)


def _shingles(store: Store, wanted: set[str]) -> dict[str, NDArray[np.uint32]]:
    found: dict[str, NDArray[np.uint32]] = {}
    waiting = (each for each in subjects(store) if each.key in wanted)
    while batch := list(islice(waiting, _BATCH)):
        made = sketch([each.text[:LARGEST] for each in batch]).shingles
        found |= {each.key: made.row(row) for row, each in enumerate(batch)}
    return found


def _least(cluster: str, keys: list[str], shingles: dict[str, NDArray[np.uint32]]) -> tuple[float, str, str]:
    return min((jaccard(shingles[cluster], shingles[key]), cluster, key) for key in keys if key != cluster)


def _side(store: Store, decision: Decision, text: str) -> Side:
    hashes: dict[str, str] = {}
    for label in store.records(Label, "subject = ?", (decision.subject,)):
        hashes |= {"tree": label.tree, "closure": label.closure, "parts": label.parts}
    for trace in store.records(Trace, "program = ?", (decision.subject,)):
        hashes["graph"] = trace.graph if len(trace.operators) >= WIRED else ""
    origin = decision.origin
    return Side(decision.subject, origin.repo, origin.path, {k: v for k, v in hashes.items() if v}, text)


def _reasons(one: Side, other: Side) -> tuple[str, ...]:
    shared = {name for name, value in one.hashes.items() if other.hashes.get(name) == value}
    told: list[str] = [name for name in ("tree", "closure") if name in shared]
    if {"graph", "parts"} <= shared:
        told.append("graph with the same parts")
    return tuple(told) or ("cluster through others",)
