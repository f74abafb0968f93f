"""Which texts are a benchmark's problem under another name.

In: sketches and hashes of texts, fingerprints of benchmarks. Out: for each text the problems it matches and by which
layer: graph, expression, values, operator, tree, skeleton, steps, or shingles with their similarity; `within` is a
problem that a text computes among other things. Not covered: a problem retold at other sizes in a way that no rule
knows; two who solve the same small task alike are told apart from a copy by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.benchmarks.compared import Observed, Said, compared
from triton_data.curate.benchmarks.fingerprints import Benchmark, Problem
from triton_data.curate.benchmarks.written import Written, holds
from triton_data.curate.duplicates import near
from triton_data.curate.duplicates.buckets import ranges
from triton_data.curate.duplicates.signatures import signatures
from triton_data.curate.reading.shingles import Sets, Sketches, joined

INFORMS = ("below", "operator", "within")
WITHIN = "within"
VALUES = "values"
_DOUBTFUL = ("skeleton", "steps", "shingles", "contained", "graph")  # none of them knows all numbers
_EXACT = ("graph", "expression", "tree", "skeleton", "steps")
BELOW = 0.55  # similarity from which on a pair is listed for the eye
CONTAINED = 0.9  # part of a problem's shingles inside a larger text
_RARE = 0.05  # part of the problems that may share a shingle before it says nothing about any of them
_FEWEST = 30  # shingles of a problem that can be found inside a larger text, and
_TELLING = 3  # rare ones among them


@dataclass(frozen=True)
class Form:
    """What one text looks like to the exact layers; '' is unknown."""

    tree: str
    skeleton: str
    steps: str
    graph: str
    operator: str = ""  # digest of the one operator that its graph is
    expression: str = ""


@dataclass(frozen=True, order=True)
class Match:
    problem: str  # benchmark/problem
    layer: str  # one of _EXACT, values, operator, shingles, contained, below, within
    similarity: float = 1.0

    @property
    def counts(self) -> bool:
        """`below` is near enough for a reader's eye and not for a decision; and that a program is one operator of a
        suite, or has a problem within it, makes it no copy of anything."""
        return self.layer not in INFORMS


@dataclass
class Detector:
    benchmarks: Sequence[Benchmark]
    problems: list[tuple[str, Problem]] = field(init=False)
    patterns: list[tuple[str, Written]] = field(init=False)
    exact: dict[tuple[str, str], list[str]] = field(init=False)
    observed: dict[str, Observed] = field(init=False)
    at: dict[tuple[str, tuple[int, ...]], list[str]] = field(init=False)  # what was seen of whom, by what can be equal

    def __post_init__(self) -> None:
        self.problems = [(f"{b.name}/{p.name}", p) for b in self.benchmarks for p in b.problems]
        self.exact = defaultdict(list)
        for name, problem in self.problems:
            for layer in _EXACT:
                if getattr(problem, layer):
                    self.exact[layer, getattr(problem, layer)].append(name)
        found = [(name, Written.read(problem.written)) for name, problem in self.problems if problem.written]
        self.patterns = [(name, part) for name, part in found if part and part.tells()]
        read = ((name, Observed.read(problem.observed)) for name, problem in self.problems if problem.observed)
        self.observed = {name: seen for name, seen in read if seen}
        self.at = defaultdict(list)
        for name, seen in self.observed.items():
            for run in seen.runs:
                self.at[run.place].append(name)
        sketches = [benchmark.sketches() for benchmark in self.benchmarks]
        self.sketches = Sketches(joined([s.shingles for s in sketches]), joined([s.operators for s in sketches]))
        self.bands = near.Bands(signatures(self.sketches.shingles), np.diff(self.sketches.shingles.bounds) > 0)
        self._index_rare(self.sketches.shingles)

    def _index_rare(self, sets: Sets) -> None:
        owners = np.repeat(np.arange(len(sets)), np.diff(sets.bounds))
        order = np.argsort(sets.values, kind="stable")
        values, owners = sets.values[order], owners[order]
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        rare = counts[inverse] <= max(4, _RARE * np.count_nonzero(np.diff(sets.bounds)))
        self.rare_values, self.rare_owners = values[rare], owners[rare]
        self.rare_counts = np.bincount(self.rare_owners, minlength=len(sets))
        self.rare_counts[np.diff(sets.bounds) < _FEWEST] = 0

    def matches(self, form: Form) -> Iterator[Match]:
        for layer in _EXACT:
            value = getattr(form, layer)
            yield from (Match(name, layer) for name in self.exact.get((layer, value), ()) if value)
        yield from (Match(name, "operator") for name in self.exact.get(("graph", form.operator), ()) if form.operator)

    def within(self, written: str) -> Iterator[Match]:
        """Problems that an expression computes on its way."""
        whole = Written.read(written)
        for name, part in self.patterns if whole else ():
            if whole and holds(whole, part):
                yield Match(name, WITHIN)

    def by_values(self, seen: Observed | None) -> Iterator[Match]:
        """Problems that gave the same on the same inputs."""
        names = dict.fromkeys(name for run in seen.runs for name in self.at.get(run.place, ())) if seen else ()
        for name in names:
            if seen and compared(seen, self.observed[name]) is Said.SAME:
                yield Match(name, VALUES)

    def weighed(self, matches: Sequence[Match], seen: Observed | None) -> list[Match]:
        """A likeness counts for nothing where numbers differ on the same inputs. Of an expression weights may be stored
        in many ways, so theirs have to be of the same shapes: then only the axes and numbers that it leaves out are
        left as a reason. And what is no more than a problem, and not the same, has none within it."""
        differ = {match.problem: self._differing(match.problem, seen) for match in matches}
        left_out = {m.problem for m in matches if m.layer == "expression" and m.layer in differ[m.problem]}
        kept = [m for m in matches if m.layer != WITHIN or m.problem not in left_out]
        return [replace(m, layer="below") if m.layer in differ[m.problem] else m for m in kept]

    def _differing(self, problem: str, seen: Observed | None) -> tuple[str, ...]:
        """Layers that are no evidence then."""
        known = self.observed.get(problem)
        said = compared(seen, known) if seen and known else Said.UNKNOWN
        return {Said.OTHER_WITH_EQUAL_WEIGHTS: (*_DOUBTFUL, "expression"), Said.OTHER: _DOUBTFUL}.get(said, ())

    def similar(self, texts: Sketches) -> dict[int, list[Match]]:
        """Row number to matches, for the rows that have any."""
        found: dict[int, list[Match]] = defaultdict(list)
        made = signatures(texts.shingles)
        for row, problem in sorted(set(self.bands.pairs(made))):
            score = near.jaccard(texts.shingles.row(row), self.sketches.shingles.row(problem))
            if score >= BELOW:
                layer = "shingles" if near.alike(texts, row, self.sketches, problem) else "below"
                found[row].append(Match(self.problems[problem][0], layer, round(score, 3)))
        for row, problem in self._holding(texts.shingles):
            inside = _inside(self.sketches.shingles.row(problem), texts.shingles.row(row))
            same = _inside(self.sketches.operators.row(problem), texts.operators.row(row))
            known = {match.problem for match in found[row] if match.counts}
            if inside >= CONTAINED and same >= near.AGREEMENT and self.problems[problem][0] not in known:
                found[row].append(Match(self.problems[problem][0], "contained", round(inside, 3)))
        return {row: matches for row, matches in found.items() if matches}

    def _holding(self, sets: Sets) -> list[tuple[int, int]]:
        """Pairs where the text has most of a problem's rare shingles."""
        low = np.searchsorted(self.rare_values, sets.values, "left")
        high = np.searchsorted(self.rare_values, sets.values, "right")
        hits = np.flatnonzero(high > low)
        rows = np.searchsorted(sets.bounds, hits, "right") - 1
        times = high[hits] - low[hits]
        owners = self.rare_owners[ranges(low[hits], times)]
        pairs, counts = np.unique(np.stack([np.repeat(rows, times), owners], 1), axis=0, return_counts=True)
        if not len(pairs):
            return []
        needed = self.rare_counts[pairs[:, 1]]
        most = (counts >= CONTAINED * needed) & (needed >= _TELLING)
        return [(int(row), int(problem)) for row, problem in pairs[most]]


def _inside(part: NDArray[np.uint32], whole: NDArray[np.uint32]) -> float:
    return float(np.isin(part, whole, assume_unique=True).mean()) if len(part) else 1.0
