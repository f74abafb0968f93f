"""What goes into the dataset, over the whole set: who is a copy of whom, what a benchmark holds, what may be used.

In: the store with its Labels. Out: one Decision for each text, with every reason that speaks against it. A copy loses
to the one that may be kept, has the better licence, is verified, has more stars, and is older, in this order.
Not covered: the labels of a text (label.py). Nothing is deleted: exports read the decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from triton_data.config import CurateConfig
from triton_data.curate import licences
from triton_data.curate.benchmarks import fingerprints
from triton_data.curate.benchmarks.compared import Observed
from triton_data.curate.benchmarks.contamination import WITHIN, Detector, Form, Match
from triton_data.curate.duplicates.clusters import Clusters
from triton_data.curate.duplicates.near import merge_similar
from triton_data.curate.reading.shingles import Sets, Sketches
from triton_data.curate.reasons import INFORMING, OF_A_FLAG, Reason
from triton_data.curate.rows import Row, kinds, read_rows
from triton_data.curate.settings import opted_out
from triton_data.curate.split import assign, split_groups, split_units
from triton_data.curate.subjects import PROGRAM
from triton_data.records import Decision, Trace
from triton_data.store import Store


def decide(store: Store, config: CurateConfig, round_: str) -> Iterator[Decision]:
    rows, sketches = read_rows(store, config.split_by == "repository")
    matches = _matches(store, rows, sketches, config)
    same, alike = Clusters(len(rows)), Clusters(len(rows))
    for numbers in kinds(rows):
        _unite_alike(rows, numbers, sketches, alike)
        _unite_same(rows, numbers, same, config.dedup)
    alike.unite(np.arange(len(rows)), same.labels())
    families = alike.labels().tolist()
    groups = _groups(rows, alike, config.split_by == "cluster")
    sides = assign([row.unit for row in rows], groups, _splits(store, rows, groups, config))
    reasons = _reasons(rows, matches, config, [own for _, own in sides])
    best = _survivors(rows, same, reasons, config)
    kept = _kept(rows, reasons, best, config)
    for number, row in enumerate(rows):
        nearest = tuple((m.problem, f"{m.layer} {m.similarity:g}") for m in sorted(matches[number]))
        yield Decision(
            row.key, row.kind, round_, rows[best[number]].key, rows[families[number]].key, row.unit, sides[number][0],
            kept[number], tuple(reasons[number]), nearest, row.origin,
        )  # fmt: skip


# ---- the same ----------------------------------------------------------------------------------------------------


def _unite_same(rows: list[Row], numbers: list[int], clusters: Clusters, level: str) -> None:
    """Texts are keyed by themselves, so exact copies are one row already, except where only the entry differs."""
    first: dict[tuple[str, ...], int] = {}
    for number in numbers:
        for form in _forms(rows[number], level):
            clusters.union(first.setdefault(form, number), number)


def _forms(row: Row, level: str) -> Iterator[tuple[str, ...]]:
    """Two rows are the same when they have one of these in common."""
    if level in ("tree", "near") and row.tree and (level == "tree" or not row.closure):
        yield "tree", row.tree, row.closure
    if level == "near" and row.closure:
        yield "closure", row.closure
        if row.wired:
            yield "wired", row.wired, row.parts


def _unite_alike(rows: list[Row], numbers: list[int], sketches: Sketches, clusters: Clusters) -> None:
    """What may be a copy, or of one template: too alike for two splits, and no reason to drop either."""
    first: dict[tuple[str, str], int] = {}
    for number in numbers:
        row = rows[number]
        for form, value in (("tree", row.tree), ("skeleton", row.skeleton), ("closure", row.closure)):
            if value:
                clusters.union(first.setdefault((form, value), number), number)
    part = Clusters(len(numbers))
    merge_similar(Sketches(_rows(sketches.shingles, numbers), _rows(sketches.operators, numbers)), part)
    own = np.array(numbers)
    clusters.unite(own, own[part.labels()])


def _rows(sets: Sets, numbers: list[int]) -> Sets:
    """Of consecutive rows, which those of one kind nearly always are, a view and no copy."""
    low, high = numbers[0], numbers[-1] + 1
    if high - low == len(numbers):
        bounds = sets.bounds[low : high + 1]
        return Sets(sets.values[bounds[0] : bounds[-1]], bounds - bounds[0])
    sizes = np.diff(sets.bounds)[numbers]
    return Sets(np.concatenate([sets.row(n) for n in numbers]), np.concatenate([[0], np.cumsum(sizes)]))


def _groups(rows: list[Row], alike: Clusters, by_unit: bool) -> list[int]:
    """What must be on one side: copies, a program with all that was made of it; and what is one unit, if asked."""
    joined, numbers = Clusters(len(rows)), np.arange(len(rows))
    joined.unite(numbers, alike.labels())
    parents = np.array([row.parent for row in rows], np.int64)
    joined.unite(numbers[parents >= 0], parents[parents >= 0])
    if by_unit:
        first: dict[str, int] = {}
        joined.unite(numbers, np.array([first.setdefault(row.unit, number) for number, row in enumerate(rows)]))
    groups: list[int] = joined.labels().tolist()
    return groups


def _splits(store: Store, rows: list[Row], groups: list[int], config: CurateConfig) -> dict[str, str]:
    units, percent = [row.unit for row in rows], (config.validation, config.test)
    known = store.splits(but_for=Reason.OTHER_SPLIT)
    if config.split_by == "repository":
        return split_units(units, config.seed, percent, known)
    strata = [row.computation if config.per_family else "" for row in rows]
    return split_groups(units, groups, strata, config.seed, percent, known)


def _survivors(rows: list[Row], same: Clusters, reasons: list[list[Reason]], config: CurateConfig) -> list[int]:
    """For each row the one that stands for its cluster."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, root in enumerate(same.labels().tolist()):
        members[root].append(number)
    best = [0] * len(rows)
    for numbers in members.values():
        first = min(numbers, key=lambda number: _rank(rows[number], reasons[number], config))
        for number in numbers:
            best[number] = first
    return best


def _rank(row: Row, reasons: list[Reason], config: CurateConfig) -> tuple[object, ...]:
    """The best comes first; the key at the end makes it one and the same for the same set."""
    free = licences.allowed(row.origin.licence, config.licences or licences.PERMISSIVE)
    time = row.origin.time or "9"
    return (
        len(set(reasons) - INFORMING) > 0,
        not free,
        -row.verified,
        not row.products,
        -(row.origin.stars or 0),
        time,
        row.key,
    )


# ---- reasons -----------------------------------------------------------------------------------------------------


def _matches(store: Store, rows: list[Row], sketches: Sketches, config: CurateConfig) -> list[list[Match]]:
    found: list[list[Match]] = [[] for _ in rows]
    if config.decontaminate == "off":
        return found
    paths = [*fingerprints.shipped(), *map(Path, config.benchmarks)]
    detector = Detector([fingerprints.read(path) for path in paths])
    if not detector.problems:
        return found
    for number, row in enumerate(rows):
        found[number] += detector.matches(
            Form(row.tree, row.skeleton, row.steps, row.graph, row.operator, row.expression)
        )
    for number, similar in detector.similar(sketches).items():
        found[number] += similar
    numbers = {row.key: number for number, row in enumerate(rows) if row.kind == PROGRAM}
    for trace in store.records(Trace):
        number = numbers.get(trace.program, -1)
        if number >= 0:
            seen = Observed.read(trace.observed)
            found[number] += detector.within(trace.written)
            found[number] = [*detector.weighed(found[number], seen), *detector.by_values(seen)]
            known = {match.problem for match in found[number] if match.counts}
            found[number] = [m for m in found[number] if m.layer != WITHIN or m.problem not in known]
    return found


def _reasons(rows: list[Row], matches: list[list[Match]], config: CurateConfig, own: list[bool]) -> list[list[Reason]]:
    out = opted_out(config.opt_out)
    wanted = config.licences or licences.PERMISSIVE
    reasons = []
    for number, row in enumerate(rows):
        found = [reason for reason in OF_A_FLAG if reason in row.flags]
        if row.tokens > config.max_tokens or "too_large" in row.flags:
            found.append(Reason.TOO_LONG)
        if {"email", "ip_address"} & set(row.flags) and config.personal != "off":
            found.append(Reason.PERSONAL if config.personal == "drop" else Reason.PERSONAL_FLAG)
        found += _licence(row, wanted, config.unknown_licence)
        if row.origin.repo.lower() in out or row.origin.repo.lower().partition("/")[0] in out:
            found.append(Reason.OPTED_OUT)
        if any(match.counts for match in matches[number]):
            found.append(Reason.CONTAMINATED if config.decontaminate == "drop" else Reason.CONTAMINATED_FLAG)
        if any(match.layer == WITHIN for match in matches[number]):
            found.append(Reason.CONTAINS_PROBLEM)
        found += _verification(row, config.verified)
        if not own[number]:
            found.append(Reason.OTHER_SPLIT)
        reasons.append(found)
    return reasons


def _licence(row: Row, wanted: tuple[str, ...], unknown: str) -> list[Reason]:
    if row.origin.licence:
        return [] if licences.allowed(row.origin.licence, wanted) else [Reason.LICENCE]
    keep = unknown == "keep" or (unknown == "own" and row.origin.source in licences.OWN)
    return [] if keep else [Reason.LICENCE_UNKNOWN]


def _verification(row: Row, wanted: str) -> list[Reason]:
    if row.kind not in ("pair", "kernel") or wanted == "any":
        return []
    if row.verified < 0:
        return [Reason.VERIFICATION_FAILED]
    return [Reason.UNVERIFIED] if wanted == "passed" and row.verified == 0 else []


def _kept(rows: list[Row], reasons: list[list[Reason]], best: list[int], config: CurateConfig) -> list[bool]:
    """A program comes before what was made of it, so its fate is known by then."""
    kept: list[bool] = []
    for number, row in enumerate(rows):
        if config.dedup != "off" and best[number] != number:
            reasons[number].append(Reason.DUPLICATE)
        if row.parent >= 0 and not kept[row.parent]:
            reasons[number].append(Reason.PROGRAM_LEFT_OUT)
        kept.append(not set(reasons[number]) - INFORMING)
    return kept
