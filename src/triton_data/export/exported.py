"""What an export made, counted while it was made.

In: each entry's kind and split. Out: an Exported, as the verb prints it. Not covered: writing (publish.py).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from triton_data.records import NO_REFERENCE, Label, Origin, Verdict


@dataclass(frozen=True)
class Exported:
    path: Path
    entries: int
    by_kind: dict[str, int]
    skipped: dict[str, str]  # file -> why nothing could be read from it
    splits: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)  # what curation did not keep, by reason

    def to_json(self) -> dict[str, object]:
        summary: dict[str, object] = {"path": str(self.path), "entries": self.entries, "by_kind": self.by_kind}
        return {**summary, "splits": self.splits, "left_out": self.left_out}

    def line(self) -> str:
        splits = "" if set(self.splits) <= {"train"} else f" ({_counts(self.splits)})"
        left = f"; left out by curation: {_counts(self.left_out)}" if self.left_out else ""
        kinds = f": {_counts(self.by_kind)}" if self.by_kind else ""
        return f"{self.path}: {self.entries} entries{kinds}{splits}{left}"


def _counts(values: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in values.items())


def _verified(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not tried"
    return "passed" if verdict.passed else "no reference" if verdict.reason == NO_REFERENCE else "failed"


@dataclass
class Tally:
    kinds: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)
    licences: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    difficulty: Counter[str] = field(default_factory=Counter)
    verified: Counter[str] = field(default_factory=Counter)
    tokens: int = 0

    def new(self, text: str) -> bool:
        """Whether this text comes for the first time; 16 bytes of each are kept."""
        name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
        if name in self.seen:
            return False
        self.seen.add(name)
        return True

    def add(self, kind: str, split: str) -> None:
        self.kinds[kind] += 1
        self.splits[split] += 1

    def ship(self, kind: str, split: str, origin: Origin, label: Label | None, verdict: Verdict | None = None) -> None:
        """An entry that goes out, with what a card says of it."""
        self.add(kind, split)
        self.licences[origin.licence or "unknown"] += 1
        self.sources[origin.source] += 1
        self.verified[_verified(verdict)] += 1
        if label:
            self.families.update(label.families)
            self.difficulty[str(label.difficulty)] += 1
            self.tokens += label.tokens

    def exported(self, path: Path, left_out: Mapping[str, int], skipped: dict[str, str] | None = None) -> Exported:
        entries = self.kinds.total()
        return Exported(path, entries, dict(self.kinds), skipped or {}, dict(self.splits), dict(left_out))
