"""What the newest round decided, for people: counts, and what came near to a benchmark.

In: the store. Out: a Summary, and texts beside the problems that they resemble. Not covered: the pages of `report`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.curate.benchmarks.contamination import INFORMS
from triton_data.curate.subjects import subjects
from triton_data.errors import Misuse
from triton_data.records import Decision
from triton_data.store import Store


@dataclass(frozen=True)
class Summary:
    texts: int
    kept: int
    by_kind: dict[str, dict[str, int]]  # kind -> kept, left_out
    splits: dict[str, int]  # of what is kept
    reasons: dict[str, int]  # a text may have several
    contaminated: dict[str, int]  # benchmark -> texts

    def text(self) -> str:
        kinds = (f"{kind} {each['kept']} of {each['kept'] + each['left_out']}" for kind, each in self.by_kind.items())
        lines = [f"{self.kept} of {self.texts} texts kept ({', '.join(kinds)})"]
        lines.append("splits:       " + _counts(self.splits))
        lines.append("reasons:      " + _counts(self.reasons))
        lines.append("in benchmark: " + _counts(self.contaminated))
        return "\n".join(lines)


def _counts(values: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in values.items()) or "none"


def newest_round(store: Store) -> str:
    """'' where the run was never curated."""
    return store.newest_done("curate")


def decisions(store: Store) -> Iterator[Decision]:
    return store.records(Decision, "round = ?", (newest_round(store),))


def summarise(store: Store) -> Summary:
    by_kind: dict[str, dict[str, int]] = {}
    splits, reasons, contaminated = Counter[str](), Counter[str](), Counter[str]()
    for decision in decisions(store):
        kind = by_kind.setdefault(decision.kind, {"kept": 0, "left_out": 0})
        kind["kept" if decision.keep else "left_out"] += 1
        splits.update([decision.split] if decision.keep else [])
        reasons.update(decision.reasons)
        counted = {name.partition("/")[0] for name, how in decision.nearest if not how.startswith(INFORMS)}
        contaminated.update(counted)
    kept = sum(each["kept"] for each in by_kind.values())
    texts = kept + sum(each["left_out"] for each in by_kind.values())
    return Summary(texts, kept, by_kind, dict(splits), dict(reasons.most_common()), dict(contaminated))


@dataclass(frozen=True)
class Near:
    problem: str
    how: str
    kind: str
    keep: bool
    repo: str
    path: str
    text: str

    def text_for_eye(self, lines: int) -> str:
        fate = "kept" if self.keep else "left out"
        head = f"{self.how:18} {self.problem}  ~  {self.kind} {self.repo}/{self.path} ({fate})"
        return "\n".join([head, *(f"    {line}" for line in self.text.splitlines()[:lines])])


def checked(store: Store) -> None:
    if not newest_round(store):
        raise Misuse(f"{store.run_dir} was not curated yet: run `triton-data curate --run-dir {store.run_dir}`")


def nearest(store: Store, limit: int) -> Iterator[Near]:
    """The most doubtful first: what was just not similar enough, then what just was, then certain matches."""
    checked(store)
    found = ((_doubt(how), number, decision, problem, how)
             for number, decision in enumerate(decisions(store)) for problem, how in decision.nearest)  # fmt: skip
    chosen = heapq.nsmallest(limit, found, key=lambda each: each[:2])
    wanted = {decision.subject for _, _, decision, _, _ in chosen}
    texts = {subject.key: subject.text for subject in subjects(store) if subject.key in wanted} if wanted else {}
    for _, _, decision, problem, how in chosen:
        origin = decision.origin
        yield Near(
            problem, how, decision.kind, decision.keep, origin.repo, origin.path, texts.get(decision.subject, "")
        )


def _doubt(how: str) -> float:
    layer, _, similarity = how.partition(" ")
    return {"below": 0.0, "shingles": 1.0, "contained": 1.0}.get(layer, 3.0) + abs(float(similarity) - 0.7)
