"""The whole set as rows, small enough to hold a million of them: what deciding needs of each text, without the text.

In: the store. Out: rows in a fixed order and the sketches of their texts. Not covered: the deciding (decide.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triton_data.curate.benchmarks.fingerprints import operator_digest, steps_digest
from triton_data.curate.label import LARGEST
from triton_data.curate.reading.shingles import Sketches, joined, sketch
from triton_data.curate.subjects import PROGRAM, Subject, subjects
from triton_data.records import NO_REFERENCE, Label, Origin, Trace, Verdict
from triton_data.store import Store

BATCH = 4096
WIRED = 3  # operators
_UNPLACED = ("generated", "given")  # sources whose texts do not hang together by where they lie


@dataclass(slots=True)
class Row:
    key: str
    kind: str
    origin: Origin
    unit: str
    tree: str
    skeleton: str
    closure: str
    parts: str
    steps: str
    graph: str
    wired: str  # the graph where it has enough operators to tell wirings apart
    operator: str
    expression: str
    tokens: int
    flags: tuple[str, ...]
    parent: int  # row of its program, -1 where it has none
    verified: int  # 1 passed, -1 failed, 0 nobody tried, or nothing to compare with
    computation: str = ""  # the first of its label's families
    products: int = 0  # pairs and captures made of it


def read_rows(store: Store, by_repository: bool) -> tuple[list[Row], Sketches]:
    rows: list[Row] = []
    shingles, operators = [], []
    programs: dict[str, int] = {}
    reader = _Reader(store, by_repository)
    waiting = subjects(store)
    while batch := list(islice(waiting, BATCH)):
        made = sketch([subject.text[:LARGEST] for subject in batch])
        shingles.append(made.shingles)
        operators.append(made.operators)
        for subject in batch:
            row = reader.row(subject, programs.get(subject.program, -1))
            if row.parent >= 0:
                _tell_parent(rows[row.parent], row)
            elif subject.kind == PROGRAM:
                programs[subject.key] = len(rows)
            rows.append(row)
    return rows, Sketches(joined(shingles), joined(operators))


def _tell_parent(parent: Row, row: Row) -> None:
    """Of two copies of a program the one that something was made of, and that was verified, is the better."""
    parent.products += 1
    parent.verified = max(parent.verified, row.verified) if parent.products > 1 else row.verified
    if not row.origin.repo:
        row.unit = parent.unit


class _Reader:
    def __init__(self, store: Store, by_repository: bool) -> None:
        self.store, self.by_repository = store, by_repository
        self.verdicts: dict[str, int] = {}
        for verdict in store.records(Verdict):
            known = self.verdicts.get(verdict.subject, -1)
            score = 1 if verdict.passed else 0 if verdict.reason == NO_REFERENCE else -1
            self.verdicts[verdict.subject] = max(known, score)
        self.graphs = {
            t.program: (
                t.graph,
                t.graph if len(t.operators) >= WIRED else "",
                operator_digest(t.operators),
                t.expression,
            )
            for t in store.records(Trace)
        }

    def row(self, subject: Subject, parent: int) -> Row:
        found = next(self.store.records(Label, "subject = ?", (subject.key,)), None)
        form: dict[str, Any] = {
            "tree": "",
            "skeleton": "",
            "closure": "",
            "parts": "",
            "steps": "",
            "tokens": 0,
            "flags": ("unlabelled",),
        }
        if found is not None:
            form = {"tree": found.tree, "skeleton": found.skeleton, "steps": steps_digest(found.steps)}
            form |= {"closure": found.closure, "parts": found.parts}
            form |= {"computation": sys.intern(found.families[0] if found.families else "")}
            form |= {"tokens": found.tokens, "flags": found.flags}
        unit = self._unit(subject, form["tree"])
        graph, wired, operator, expression = self.graphs.get(subject.key, ("", "", "", ""))
        return Row(
            subject.key, subject.kind, subject.origin, unit, graph=graph, wired=wired, operator=operator,
            expression=expression, parent=parent, verified=self.verdicts.get(subject.key, 0), **form,
        )  # fmt: skip

    def _unit(self, subject: Subject, tree: str) -> str:
        origin = subject.origin
        if self.by_repository and origin.repo and origin.source not in _UNPLACED:
            name = origin.repo if origin.repo_id is None else str(origin.repo_id)
            return sys.intern(f"{origin.source}:{name.lower()}")
        return f"text:{tree or subject.key}"


def kinds(rows: list[Row]) -> Iterator[list[int]]:
    """Row numbers of each kind, since texts of different kinds are never copies of one another."""
    of: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        of.setdefault(row.kind, []).append(number)
    yield from of.values()
