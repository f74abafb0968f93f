"""What is counted over all entries while they pass by once: the numbers behind the plots.

In: entries, one at a time. Out: counters. Not covered: how a plot looks (charts.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from triton_data.records import speed
from triton_data.report import row
from triton_data.report.entries import Entry


@dataclass
class Tally:
    entries: int = 0
    facets: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter[str]() for name in row.FACETS})
    by_repository: dict[str, Counter[str]] = field(default_factory=dict)
    by_source: dict[str, Counter[str]] = field(default_factory=dict)
    tokens: list[int] = field(default_factory=list)
    lines_pytorch: list[int] = field(default_factory=list)
    lines_triton: list[int] = field(default_factory=list)
    clusters: Counter[str] = field(default_factory=Counter)
    speedups: dict[str, list[float]] = field(default_factory=dict)

    def add(self, entry: Entry, found: dict[str, tuple[str, ...]]) -> None:
        self.entries += 1
        for name, values in found.items():
            self.facets[name].update(values)
        self.by_repository.setdefault(entry.origin.repo or "unknown", Counter())[entry.verdict] += 1
        self.by_source.setdefault(entry.origin.source, Counter())[entry.verdict] += 1
        if entry.label:
            self.tokens.append(entry.label.tokens)
        if entry.program:
            self.lines_pytorch.append(entry.program.text.count("\n") + 1)
        self.lines_triton.append(entry.triton.count("\n") + 1)
        if entry.decision:
            self.clusters[entry.decision.cluster] += 1
        for verdict in entry.verdicts:
            for name, value in speed.labels(verdict.checks).items():
                if name.startswith("speedup_"):
                    self.speedups.setdefault(name.removeprefix("speedup_"), []).append(value)

    @property
    def cluster_sizes(self) -> Counter[str]:
        """How many texts have how many that are the same or nearly the same."""
        names = {1: "alone", 2: "2", 3: "3", 4: "4"}
        return Counter(names.get(size, "5 and more") for size in sorted(self.clusters.values()))
