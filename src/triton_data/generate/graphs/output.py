"""The JSONL file and the coverage of what is in it.

In: the parts that the stage left, in the order of their indices. Out: the first so many distinct graphs, one a line,
in a file that is there whole or not at all. Not covered: making graphs (stage.py).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triton_data.generate.graphs.plan import Settings
from triton_data.generate.graphs.stage import part_file, parts
from triton_data.generate.operators import families, operator, table
from triton_data.generate.operators.forbidden import legal_pairs
from triton_data.records import digest


@dataclass
class Coverage:
    """What the graphs of a file have in them."""

    graphs: int = 0
    same: int = 0  # left out: an earlier one has the same text
    solved: int = 0
    operators: Counter[str] = field(default_factory=Counter)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    kinds: set[tuple[str, str, int]] = field(default_factory=set)

    def add(self, line: dict[str, Any]) -> None:
        self.graphs += 1
        self.solved += line["solved"]
        self.operators.update(line["operators"])
        self.pairs.update((first, second) for first, second in line["edges"])
        self.kinds.update((name, dtype, rank) for name, dtype, rank in line["kinds"])

    def to_json(self) -> dict[str, Any]:
        return {
            "graphs": self.graphs, "same_left_out": self.same, "solved": self.solved,
            "operators": len(self.operators), "of_operators": len(table()),
            "pairs": len(self.pairs), "of_pairs": len(legal_pairs()), "operator_dtype_rank": len(self.kinds),
        }  # fmt: skip

    def by_family(self) -> list[tuple[str, int, int, int, int]]:
        """(family, operators seen, operators there are, times, dtypes and ranks seen)."""
        rows = []
        for name in families():
            all_of_it = [each for each in table() if operator(each).family == name]
            seen = [each for each in all_of_it if self.operators[each]]
            kinds = sum(1 for kind in self.kinds if operator(kind[0]).family == name)
            rows.append((name, len(seen), len(all_of_it), sum(self.operators[each] for each in all_of_it), kinds))
        return rows


def write(path: Path, run_dir: Path, settings: Settings, first: int, last: int, target: int, with_io: bool) -> Coverage:
    coverage, seen = Coverage(), set[str]()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("w", encoding="utf-8") as out:
        for line in _lines(run_dir, settings, first, last):
            if coverage.graphs == target:
                break
            text = digest(line["text"])
            if text in seen:
                coverage.same += 1
                continue
            seen.add(text)
            coverage.add(line)
            out.write(json.dumps(_row(line, settings, with_io)) + "\n")
    unfinished.replace(path)
    return coverage


def _lines(run_dir: Path, settings: Settings, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Up to the first part that is not there."""
    for part in parts(settings, first, last):
        file = part_file(run_dir, settings, part.first)
        if not file.is_file():
            return
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _row(line: dict[str, Any], settings: Settings, with_io: bool) -> dict[str, Any]:
    if not with_io:
        return {"pytorch": line["text"], "difficulty": settings.level}
    split = line["split"]
    return {
        "pytorch": f"{split['imports']}\n\n\n{split['operator']}\n",
        "get_inputs": f"import torch\n\n\n{split['get_inputs']}\n",
        "difficulty": settings.level,
        **{name: line[name] for name in ("inputs", "outputs", "operators", "flops", "bytes", "index")},
        "seed": settings.seed,
    }
